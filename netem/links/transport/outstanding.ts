import type { Ms } from '../../../core/time/clock.ts';
import { AckQueue } from './ack-queue.ts';
import type { Deliveries } from './deliveries.ts';
import { ACKED_AT, ARRIVES_AT, END_SEQ, type Flight, SENT_AT } from './flight.ts';
import { ACK_GATHERS_MS, type OrderedWire } from './ordered-wire.ts';
import { Scoreboard, type Segment } from './scoreboard.ts';
import type { Sender } from './sender.ts';

/** What acknowledgements told. */
export interface Heard {
  /** A round trip that was measured; NaN where none was. */
  readonly rttMs: Ms;
  /** Segments that are new to the sender, and how many of all are acknowledged in order now. */
  readonly delivered: number;
  readonly advanced: number;
  /** Copies that arrived after another of the same segment (D-SACK). */
  readonly superfluous: number;
  /** The end of the first segment that was never sent again and is new to the sender; Infinity where there is none. */
  readonly originalEndSeq: number;
  /** When the copy was sent that arrived last. */
  readonly newestSentAtMs: Ms;
}

/** The segments in flight while something is missing: sends them over the wire, and hears which of them arrived. */
export class Outstanding {
  readonly board: Scoreboard;
  readonly #sender: Sender;
  readonly #wire: OrderedWire;
  readonly #deliveries: Deliveries;
  readonly #acks = new AckQueue();
  /** How many of the first segments are known to be whole, in order, at the receiver. */
  #settled = 0;
  /** How many of all segments are known to arrive. */
  #arrived = 0;

  /** Takes what is in flight. */
  constructor(sender: Sender, wire: OrderedWire, deliveries: Deliveries, flight: Flight) {
    this.#sender = sender;
    this.#wire = wire;
    this.#deliveries = deliveries;
    this.board = new Scoreboard(sender.rtt.smoothedMs);
    let startSeq = sender.unaSeq;
    let previousAckAtMs = Number.NaN;
    let hasHole = false;
    for (let index = flight.first; index < flight.end; index++) {
      const slot = flight.slot(index);
      const endSeq = flight.cells[slot + END_SEQ]!;
      const sentAtMs = flight.cells[slot + SENT_AT]!;
      const arriveAtMs = flight.cells[slot + ARRIVES_AT]!;
      const ackAtMs = flight.cells[slot + ACKED_AT]!;
      const segment = { ...SENT, startSeq, endSeq, sentAtMs, arriveAtMs };
      this.board.add(segment);
      startSeq = endSeq;
      if (arriveAtMs === Number.POSITIVE_INFINITY) hasHole = true;
      else {
        const isGathered = !hasHole && ackAtMs === previousAckAtMs;
        this.#acks.push({ segment, sentAtMs, arriveAtMs, ackAtMs, isGathered, isSuperfluous: false });
        this.#arrived++;
        previousAckAtMs = ackAtMs;
      }
    }
    flight.clear();
    this.#settle();
  }

  /** When the sender hears something; null when nothing is on its way. */
  get nextAckAtMs(): Ms | null {
    return this.#acks.nextAtMs();
  }

  /** Sends the next `bytes` of the stream. */
  sendNew(bytes: number, nowMs: Ms): void {
    const startSeq = this.#sender.sentSeq;
    const endSeq = startSeq + bytes;
    this.#sender.sentSeq = endSeq;
    const segment = { ...SENT, startSeq, endSeq, sentAtMs: nowMs };
    this.board.add(segment);
    this.#transmit(segment, nowMs);
  }

  resend(segment: Segment, nowMs: Ms): void {
    this.board.resend(segment, nowMs);
    this.#transmit(segment, nowMs);
  }

  /** Takes in what the next acknowledgement says, at `nowMs`. */
  hear(nowMs: Ms): Heard {
    const sender = this.#sender;
    let rttMs = Number.NaN;
    let delivered = 0;
    let superfluous = 0;
    let originalEndSeq = Number.POSITIVE_INFINITY;
    const copies = this.#acks.takeNext();
    const { sentAtMs: newestSentAtMs, arriveAtMs } = copies.at(-1)!;
    for (const { segment, sentAtMs, isSuperfluous } of copies) {
      if (isSuperfluous) {
        superfluous++;
        continue;
      }
      if (!segment.wasResent) {
        rttMs = nowMs - sentAtMs;
        originalEndSeq = Math.min(originalEndSeq, segment.endSeq);
      }
      this.board.sack(segment, nowMs, sender.rtt.minMs);
      delivered++;
    }
    const { count: advanced, endSeq } = this.board.takeAcknowledged();
    this.#settled -= advanced;
    this.#arrived -= advanced;
    if (advanced > 0) {
      sender.acknowledged(endSeq, advanced, arriveAtMs);
      if (Number.isNaN(rttMs)) rttMs = nowMs - newestSentAtMs; // by the time stamps
    }
    if (!Number.isNaN(rttMs)) sender.measured(rttMs, nowMs, sender.sentSeq);
    sender.heardOfProbe(superfluous > 0);
    return { rttMs, delivered, advanced, superfluous, originalEndSeq, newestSentAtMs };
  }

  /** Puts what is in flight into `flight`, when all of it is there once and will be acknowledged in time. Whether it did. */
  handBack(flight: Flight, latestAckAtMs: Ms): boolean {
    const { segments, isClean } = this.board;
    const { copies } = this.#acks;
    // As many copies as segments are not enough: two may be of one segment, while another was lost and nobody knows it yet.
    const isWhole = this.#settled === segments.length && copies.length === segments.length;
    if (!isClean || !isWhole || (copies.at(-1)?.ackAtMs ?? 0) > latestAckAtMs) return false;
    let ackAtMs = Number.POSITIVE_INFINITY;
    const ackAt = copies.map((copy) => copy.ackAtMs);
    for (let index = ackAt.length - 1; index >= 0; index--) {
      ackAtMs = Math.min(ackAtMs, ackAt[index]!); // the next one tells of it, where its own is lost
      ackAt[index] = ackAtMs;
    }
    for (const [index, { endSeq, sentAtMs, arriveAtMs }] of segments.entries()) {
      const slot = flight.push(endSeq, sentAtMs);
      flight.cells[slot + ARRIVES_AT] = arriveAtMs;
      flight.cells[slot + ACKED_AT] = ackAt[index]!;
    }
    flight.counted = flight.end;
    return true;
  }

  #transmit(segment: Segment, nowMs: Ms): void {
    this.#sender.lastSentAtMs = nowMs;
    const arriveAtMs = this.#wire.transmit(segment.endSeq - segment.startSeq, nowMs);
    if (arriveAtMs === Number.POSITIVE_INFINITY) return;
    const isSuperfluous = segment.arriveAtMs !== Number.POSITIVE_INFINITY;
    const hadHole = this.#arrived > this.#settled;
    if (!isSuperfluous) {
      segment.arriveAtMs = arriveAtMs;
      this.#arrived++;
      this.#settle();
    }
    const last = this.#acks.copies.at(-1);
    // A receiver that misses something acknowledges each segment by itself, at once (RFC 5681, section 4.2).
    const isGathered =
      last !== undefined &&
      !hadHole &&
      !isSuperfluous &&
      this.#arrived === this.#settled &&
      arriveAtMs - last.arriveAtMs <= ACK_GATHERS_MS;
    const ackAtMs = isGathered ? last.ackAtMs : this.#wire.acknowledge(arriveAtMs);
    this.#acks.push({ segment, sentAtMs: nowMs, arriveAtMs, ackAtMs, isGathered, isSuperfluous });
  }

  /** Delivers what is known to be whole. */
  #settle(): void {
    const { segments } = this.board;
    for (; this.#settled < segments.length; this.#settled++) {
      const { endSeq, arriveAtMs } = segments[this.#settled]!;
      if (arriveAtMs === Number.POSITIVE_INFINITY) return;
      this.#deliveries.completeUntil(endSeq, arriveAtMs);
    }
  }
}

/** A segment that was just sent, and lost so far. */
const SENT = { arriveAtMs: Number.POSITIVE_INFINITY, isSacked: false, isLost: false, isOut: false, wasResent: false };
