import type { RngSource } from '../../../core/random/rng.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Deliveries, type Recipient } from './deliveries.ts';
import { ACKED_AT, ARRIVES_AT, Flight, LAST_ARRIVES, LEAST_RTT, SENT_AT } from './flight.ts';
import type { Http2Limits } from './http2-windows.ts';
import { LossRecovery } from './loss-recovery.ts';
import { ACK_GATHERS_MS, OrderedWire } from './ordered-wire.ts';
import type { PacketLink } from './packet-link.ts';
import { Sender } from './sender.ts';
import { MSS_BYTES } from './tcp-constants.ts';
import type { Ticks } from './tcp-timer.ts';
import type { TransportConfig } from './transport-schema.ts';

export interface TransportOptions {
  /** Of the connection and the direction, unique: it names the random stream. */
  readonly name: string;
  readonly clock: Clock;
  /** Where deliveries are events, if that is another clock: it may be ahead of that of the sender. */
  readonly receiving?: Clock;
  readonly rng: RngSource;
  /** The link that carries the data, and the one of the other direction, which carries the acknowledgements. */
  readonly data: PacketLink;
  readonly acks: PacketLink;
  readonly config: Pick<TransportConfig, 'initialWindowSegments' | 'tickMs'>;
  /** The windows of HTTP/2 at the receiver; null where no HTTP/2 is, or where its ends keep them themselves. */
  readonly http2: Http2Limits | null;
  /** How much earlier than due a message is delivered, because the host adds delay after it; never before it was sent. */
  readonly earlyMs?: Ms;
  /** Called when it gives up: see `isDead`. */
  readonly onDead?: () => void;
}

/**
 * One direction of one TCP connection over a link: decides when each message is whole at the far end, as TCP of Linux and the
 * windows of HTTP/2 would. It is connected from the start, with a round trip measured by the handshake; its windows live as
 * long as it does, so a new connection is a new object. README.md lists the rules and their sources.
 *
 * Hot path: while nothing is lost, all that will happen to a segment is known as it is sent, so acknowledgements are taken in
 * when they matter, and a message allocates only the event of its delivery, or nothing where its recipient is told. A
 * loss hands over to `LossRecovery` until it is repaired.
 */
export class Transport {
  readonly #clock: Clock;
  readonly #data: PacketLink;
  readonly #wire: OrderedWire;
  readonly #sender: Sender;
  readonly #flight = new Flight();
  readonly #acks: Acknowledgements;
  readonly #deliveries: Deliveries;
  readonly #ticks: Ticks;
  readonly #onDead: () => void;
  readonly #earlyMs: Ms;
  #recovery: LossRecovery | null = null;
  /** The index in flight, and the place in the stream, up to where a small message needs no look at the windows: see `#setQuick`. */
  #quickEnd = 0;
  #quickEndSeq = 0;
  #isWaking = false;
  /** The congestion window is full, and was counted as that, until the sender hears something then: what is written before that waits. */
  #isFullUntilMs: Ms = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: TransportOptions) {
    const { name, clock, rng, data, acks, config, http2 } = options;
    const nowMs = clock.now();
    this.#clock = clock;
    this.#data = data;
    this.#wire = new OrderedWire(data, acks, this.#flight);
    this.#earlyMs = options.earlyMs ?? 0;
    this.#onDead = options.onDead ?? (() => {});
    this.#ticks = { tickMs: config.tickMs, phaseMs: rng(`transport/${name}`).next() * config.tickMs };
    const handshakeMs = data.travelMs(nowMs) + acks.travelMs(nowMs);
    this.#sender = new Sender({
      initialSegments: config.initialWindowSegments,
      http2,
      handshakeMs,
      ticks: this.#ticks,
      nowMs,
    });
    this.#acks = new Acknowledgements(this.#flight, this.#sender);
    this.#deliveries = new Deliveries(clock, options.receiving ?? clock, options.earlyMs ?? 0);
  }

  /** Whether it has given up, after 15 time-outs in a row: nothing is delivered any more. */
  get isDead(): boolean {
    return this.#recovery?.isDead ?? false;
  }

  /**
   * Appends a message of `bytes` to the stream. `deliver` gets the instant when all of it, and of what was sent before, is at
   * the far end. A message without bytes is the end of a stream: a segment of its own.
   */
  send(bytes: number, deliver: (dueMs: Ms) => void): void {
    if (this.#isClosed) return;
    this.#write(Math.max(1, bytes), deliver, this.#clock.now());
  }

  /** The same without an event: `recipient` is told when the message will be whole as soon as that is known. */
  tell(bytes: number, recipient: Recipient): void {
    if (this.#isClosed) return;
    const nowMs = this.#clock.now();
    const flight = this.#flight;
    if (
      flight.end < this.#quickEnd &&
      bytes > 0 &&
      bytes <= MSS_BYTES &&
      this.#sender.sentSeq + bytes <= this.#quickEndSeq &&
      nowMs < flight.cells[flight.slot(flight.end - 1) + ACKED_AT]!
    ) {
      this.#sendAlone(bytes, recipient, nowMs);
    } else if (!this.#sendAtOnce(Math.max(1, bytes), recipient, nowMs)) {
      this.#write(Math.max(1, bytes), recipient, nowMs);
    }
  }

  /** When a message of `bytes` that is sent at `atMs` will be whole, if nothing is lost from now on. */
  arrivalMs(atMs: Ms, bytes = 1): Ms {
    if (!Number.isFinite(atMs)) return atMs;
    const upAtMs = this.#data.upFromMs(atMs);
    if (upAtMs === Number.POSITIVE_INFINITY) return upAtMs;
    if (this.#recovery === null) this.#acks.catchUp(this.#clock.now());
    this.#noteSending();
    const waitMs = this.#sender.roundsFor(bytes, upAtMs) * this.#sender.rtt.smoothedMs;
    return Math.max(this.#inOrderAtMs, this.#data.arrivalMs(upAtMs) + waitMs);
  }

  /** When the last byte that is known to arrive does, in order: what was sent by itself is not among the deliveries. */
  get #inOrderAtMs(): Ms {
    return this.#recovery === null ? this.#flight.cells[LAST_ARRIVES]! : this.#deliveries.inOrderAtMs;
  }

  /** Sends nothing more; what is still in flight may arrive. */
  close(): void {
    this.#isClosed = true;
    this.#recovery?.stop();
  }

  #write(bytes: number, to: ((dueMs: Ms) => void) | Recipient, nowMs: Ms): void {
    this.#sender.writtenSeq += bytes;
    this.#deliveries.expect(this.#sender.writtenSeq, to);
    if (nowMs < this.#isFullUntilMs) return;
    if (this.#recovery === null) this.#pump(nowMs, false);
    else this.#recovery.written(nowMs);
  }

  /**
   * Does what `#write` does to a message of one segment that nothing holds back. False, and nothing done, for any other. What the
   * sender has heard since is looked at only where it may matter: what it knew leaves windows too small and round trips too short.
   */
  #sendAtOnce(bytes: number, recipient: Recipient, nowMs: Ms): boolean {
    const sender = this.#sender;
    const flight = this.#flight;
    if (
      this.#recovery !== null ||
      nowMs < this.#isFullUntilMs ||
      bytes > MSS_BYTES ||
      sender.sentSeq !== sender.writtenSeq
    )
      return false;
    const isIdle = flight.isHeardOf(nowMs);
    if (isIdle || flight.size >= sender.window.segments || flight.isFull || sender.probedSeq > 0) {
      this.#acks.catchUp(nowMs);
      flight.spread();
      if (!isIdle && flight.size >= sender.window.segments) return false;
    }
    if (!sender.maySendAlone(bytes)) {
      this.#acks.catchUp(nowMs);
      if (!sender.maySendAlone(bytes)) return false;
    }
    if (isIdle) this.#idle(nowMs);
    this.#sendAlone(bytes, recipient, nowMs);
    this.#setQuick();
    return true;
  }

  /** Something is sent at `nowMs`, and nothing is outstanding. */
  #idle(nowMs: Ms): void {
    this.#noteSending();
    this.#sender.idle(nowMs);
  }

  /** Tells the sender when it last sent something, which is looked at only after a pause. */
  #noteSending(): void {
    const { lastSentAtMs } = this.#flight;
    if (lastSentAtMs > this.#sender.lastSentAtMs) this.#sender.lastSentAtMs = lastSentAtMs;
  }

  /** Up to where segments may be sent by themselves, as far as is known, while something is in flight and nothing waits. */
  #setQuick(): void {
    const sender = this.#sender;
    const flight = this.#flight;
    this.#quickEnd = 0;
    if (this.#recovery !== null || sender.probedSeq > 0 || sender.sentSeq < sender.writtenSeq || flight.size === 0)
      return;
    this.#quickEnd = flight.first + Math.min(sender.window.segments, flight.capacity);
    this.#quickEndSeq = sender.smallEndSeq;
  }

  /** Sends a whole message as one segment. */
  #sendAlone(bytes: number, recipient: Recipient, nowMs: Ms): void {
    const sender = this.#sender;
    const flight = this.#flight;
    const endSeq = sender.sentSeq + bytes;
    sender.writtenSeq = endSeq;
    sender.sentSeq = endSeq;
    const slot = flight.push(endSeq, nowMs);
    this.#wire.carry(slot, bytes);
    const { cells } = flight;
    const arriveAtMs = cells[slot + ARRIVES_AT]!;
    const rttMs = cells[slot + ACKED_AT]! - nowMs;
    const isKnown = rttMs <= 2 * cells[LEAST_RTT]! || this.#isSoon(slot);
    if (rttMs < cells[LEAST_RTT]!) cells[LEAST_RTT] = rttMs;
    if (arriveAtMs === Number.POSITIVE_INFINITY) this.#deliveries.expect(endSeq, recipient);
    else recipient.arrives(this.#earlyMs === 0 ? arriveAtMs : Math.max(nowMs, arriveAtMs - this.#earlyMs));
    if (!isKnown) {
      this.#acks.count(flight.end);
      this.#recover(nowMs);
    }
  }

  /** Whether the acknowledgement of the last segment, in `slot`, comes before any timer fires. */
  #isSoon(slot: number): boolean {
    const flight = this.#flight;
    const { rtt } = this.#sender;
    const sentAtMs = flight.cells[slot + SENT_AT]!;
    this.#acks.count(flight.end - 1);
    this.#acks.takeUntil(sentAtMs);
    flight.cells[LEAST_RTT] = Math.min(rtt.smoothedMs, flight.leastRttMs());
    return flight.cells[slot + ACKED_AT]! - sentAtMs <= 2 * rtt.smoothedMs;
  }

  /** Sends what the windows allow. */
  #pump(nowMs: Ms, isRest: boolean): void {
    const sender = this.#sender;
    const flight = this.#flight;
    this.#acks.catchUp(nowMs);
    flight.cells[LEAST_RTT] = 0;
    this.#isFullUntilMs = Number.NEGATIVE_INFINITY;
    this.#quickEnd = 0;
    if (sender.sentSeq === sender.writtenSeq) return;
    if (flight.size === 0) this.#idle(nowMs);
    let isAllKnown = true;
    let groupIndex = flight.end;
    let groupAtMs = Number.NEGATIVE_INFINITY;
    let lastAckAtMs = nowMs;
    while (sender.sentSeq < sender.writtenSeq && flight.size < sender.window.segments) {
      const bytes = sender.nextBytes(this.#deliveries);
      if (bytes === 0) break;
      const arriveAtMs = this.#wire.transmit(bytes, nowMs);
      sender.sentSeq += bytes;
      sender.lastSentAtMs = nowMs;
      if (arriveAtMs === Number.POSITIVE_INFINITY) isAllKnown = false;
      else if (arriveAtMs - groupAtMs > ACK_GATHERS_MS) {
        lastAckAtMs = Math.max(lastAckAtMs, this.#acknowledge(groupIndex));
        groupIndex = flight.end;
        groupAtMs = arriveAtMs;
      }
      const slot = flight.push(sender.sentSeq, nowMs);
      flight.cells[slot + ARRIVES_AT] = arriveAtMs;
      if (isAllKnown) this.#deliveries.completeUntil(sender.sentSeq, arriveAtMs);
    }
    lastAckAtMs = Math.max(lastAckAtMs, this.#acknowledge(groupIndex));
    flight.counted = flight.end;
    sender.window.used(flight.size, flight.size, sender.unaSeq, sender.sentSeq, isRest && sender.hasManyAcks);
    if (!isAllKnown || lastAckAtMs - nowMs > 2 * sender.rtt.smoothedMs) this.#recover(nowMs);
    else if (sender.sentSeq < sender.writtenSeq) {
      this.#wakeAtNextAck();
      if (flight.size >= sender.window.segments)
        this.#isFullUntilMs = flight.cells[flight.slot(flight.first) + ACKED_AT]!;
    }
  }

  /** One acknowledgement for what is in flight from `index` on: when it reaches the sender. */
  #acknowledge(index: number): Ms {
    const flight = this.#flight;
    let arrivedAtMs = Number.NEGATIVE_INFINITY;
    for (let each = flight.end - 1; each >= index && arrivedAtMs === Number.NEGATIVE_INFINITY; each--) {
      const atMs = flight.cells[flight.slot(each) + ARRIVES_AT]!;
      if (atMs !== Number.POSITIVE_INFINITY) arrivedAtMs = atMs;
    }
    if (arrivedAtMs === Number.NEGATIVE_INFINITY) return arrivedAtMs;
    const ackAtMs = this.#wire.acknowledge(arrivedAtMs);
    for (let each = index; each < flight.end; each++) flight.cells[flight.slot(each) + ACKED_AT] = ackAtMs;
    return ackAtMs;
  }

  #wakeAtNextAck(): void {
    if (this.#isWaking || this.#flight.size === 0) return;
    this.#isWaking = true;
    this.#clock.at(this.#flight.cells[this.#flight.slot(this.#flight.first) + ACKED_AT]!, (atMs) => {
      this.#isWaking = false;
      if (!this.#isClosed && this.#recovery === null) this.#pump(atMs, true);
    });
  }

  #recover(nowMs: Ms): void {
    this.#quickEnd = 0;
    const onRepaired = (atMs: Ms): void => {
      this.#recovery = null;
      this.#pump(atMs, true);
    };
    this.#recovery = new LossRecovery({
      clock: this.#clock,
      wire: this.#wire,
      sender: this.#sender,
      deliveries: this.#deliveries,
      flight: this.#flight,
      ticks: this.#ticks,
      nowMs,
      onRepaired,
      onDead: this.#onDead,
    });
  }
}
