import type { Ms } from '../../../core/time/clock.ts';
import { type Acknowledged, CongestionWindow } from './congestion-window.ts';
import type { Deliveries } from './deliveries.ts';
import { type Http2Limits, Http2Windows } from './http2-windows.ts';
import { ReceiveWindow } from './receive-window.ts';
import { RoundTripEstimate } from './round-trip-estimate.ts';
import { MSS_BYTES } from './tcp-constants.ts';
import { inTicksMs, type Ticks } from './tcp-timer.ts';

/** What the sender of one direction knows, and what limits it. Positions in the stream are bytes since its start. */
export class Sender {
  readonly window: CongestionWindow;
  readonly rtt: RoundTripEstimate;
  readonly receive: ReceiveWindow;
  readonly http2: Http2Windows | null;
  /** The end of what the application wrote, of what was sent, and of what was acknowledged. */
  writtenSeq = 0;
  sentSeq = 0;
  unaSeq = 0;
  /** Up to where the receiver takes bytes. */
  receiveEndSeq = 0;
  /** When data was last sent. */
  lastSentAtMs: Ms = 0;
  /** The end of the stream when a tail loss probe was sent that nothing was heard of yet (0 without one), and whether it was a copy. */
  probedSeq = 0;
  isProbeCopy = false;
  readonly #ticks: Ticks;
  /** What was heard last: one for all, so that the hot path allocates nothing. */
  readonly #ack: { -readonly [Key in keyof Acknowledged]: Acknowledged[Key] };

  constructor(options: {
    readonly initialSegments: number;
    readonly http2: Http2Limits | null;
    readonly handshakeMs: Ms;
    readonly ticks: Ticks;
    readonly nowMs: Ms;
  }) {
    const { handshakeMs, nowMs } = options;
    this.#ticks = options.ticks;
    this.window = new CongestionWindow(options.initialSegments);
    this.rtt = new RoundTripEstimate(handshakeMs, nowMs);
    this.receive = new ReceiveWindow(nowMs + handshakeMs / 2);
    this.http2 = options.http2 === null ? null : new Http2Windows(options.http2);
    this.receiveEndSeq = this.receive.bytes;
    this.lastSentAtMs = nowMs;
    this.#ack = { segments: 0, nowMs: 0, rttMs: 0, minRttMs: 0, unaSeq: 0, nextSeq: 0 };
  }

  /** How many bytes the next segment has; 0 where the receiver takes none. */
  nextBytes(deliveries: Deliveries): number {
    const bytes = Math.min(MSS_BYTES, this.writtenSeq - this.sentSeq);
    if (this.sentSeq + bytes > this.receiveEndSeq) return 0;
    const { http2 } = this;
    if (http2 === null) return bytes;
    if (http2.isPastMessage(this.sentSeq)) http2.begin(this.sentSeq, deliveries.endOfMessageAt(this.sentSeq));
    return Math.max(0, Math.min(bytes, http2.endSeq - this.sentSeq));
  }

  /** Whether the receiver takes a whole message of `bytes` next, while nothing else waits. */
  maySendAlone(bytes: number): boolean {
    const { http2, sentSeq } = this;
    if (sentSeq + bytes > this.receiveEndSeq) return false;
    if (http2 === null) return true;
    http2.begin(sentSeq, sentSeq + bytes);
    return sentSeq + bytes <= http2.endSeq;
  }

  /** Up to where small messages, each of at most a segment, may be sent whole, while nothing waits. */
  get smallEndSeq(): number {
    return this.http2 === null ? this.receiveEndSeq : Math.min(this.receiveEndSeq, this.http2.smallEndSeq(MSS_BYTES));
  }

  /** Whether a burst is acknowledged in many pieces: by a new receiver, and after slow start by every second segment. */
  get hasManyAcks(): boolean {
    return this.receive.isNew || !this.window.isSlowStart;
  }

  /** Something is sent at `nowMs`, and nothing was outstanding before. */
  idle(nowMs: Ms): void {
    this.window.idled(nowMs - this.lastSentAtMs, inTicksMs(this.#ticks, this.rtt.timeoutMs));
  }

  /**
   * How many whole round trips pass before the last of `bytes` leaves, that are written at `atMs` behind what waits, if nothing is
   * lost and only the congestion window limits.
   */
  roundsFor(bytes: number, atMs: Ms): number {
    const { window, rtt } = this;
    const idleMs = atMs - this.lastSentAtMs;
    const timeoutMs = inTicksMs(this.#ticks, rtt.timeoutMs);
    const willIdle = this.sentSeq === this.unaSeq || idleMs > timeoutMs;
    let segments = willIdle ? window.afterIdling(idleMs, timeoutMs) : window.segments;
    let left = Math.ceil((this.writtenSeq - this.sentSeq + bytes) / MSS_BYTES) - segments;
    let rounds = 0;
    for (; left > 0; rounds++) {
      segments = segments < window.threshold ? 2 * segments : segments + 1;
      left -= segments;
    }
    return rounds;
  }

  /** Everything before `seq` was acknowledged: `segments` that arrived at `arrivedAtMs`. */
  acknowledged(seq: number, segments: number, arrivedAtMs: Ms): void {
    const { receive, rtt } = this;
    receive.arrived(seq - this.unaSeq, segments, arrivedAtMs, rtt.smoothedMs);
    this.unaSeq = seq;
    this.receiveEndSeq = Math.max(this.receiveEndSeq, seq + receive.bytes);
    this.http2?.read(seq);
  }

  /** That was heard at `nowMs`, after a round trip of `rttMs`; `nextSeq` is what is sent next. */
  measured(rttMs: Ms, nowMs: Ms, nextSeq: number): void {
    const ack = this.#ack;
    ack.nowMs = nowMs;
    ack.rttMs = rttMs;
    ack.unaSeq = this.unaSeq;
    ack.nextSeq = nextSeq;
    this.rtt.sample(ack);
  }

  /** Grows the window for `segments` of what was measured last. */
  grow(segments: number): void {
    const ack = this.#ack;
    ack.segments = segments;
    ack.minRttMs = this.rtt.minMs;
    this.window.acknowledged(ack);
  }

  /** The stream was acknowledged until `unaSeq`. A probe that was needed tells of a loss: the window is reduced once. */
  heardOfProbe(wasSuperfluous: boolean): void {
    if (this.probedSeq === 0 || this.unaSeq < this.probedSeq) return;
    const hasRepaired = this.isProbeCopy && !wasSuperfluous;
    if (hasRepaired && this.unaSeq === this.probedSeq) return; // what comes next tells whether a second copy arrived
    this.probedSeq = 0;
    if (!hasRepaired) return;
    this.window.lowerThreshold();
    this.window.segments = this.window.threshold;
  }
}
