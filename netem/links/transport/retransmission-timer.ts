import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { RoundTripEstimate } from './round-trip-estimate.ts';
import { LONGEST_RTO_MS } from './tcp-constants.ts';
import { firesAtMs, type Ticks } from './tcp-timer.ts';

/** What a sender does when it has waited: probe the tail, take all for lost, or look again at what may be out of order. */
export type TimerKind = 'probe' | 'timeout' | 'reordering';

/** The one timer of a connection: setting it replaces what it was set to. */
export class RetransmissionTimer {
  /** How often the time-out was doubled. */
  backoff = 0;
  readonly #clock: Clock;
  readonly #ticks: Ticks;
  readonly #rtt: RoundTripEstimate;
  readonly #fire: (kind: TimerKind, atMs: Ms) => void;
  #set: { readonly kind: TimerKind; readonly cancel: Cancel } | null = null;

  constructor(options: {
    readonly clock: Clock;
    readonly ticks: Ticks;
    readonly rtt: RoundTripEstimate;
    readonly fire: (kind: TimerKind, atMs: Ms) => void;
  }) {
    this.#clock = options.clock;
    this.#ticks = options.ticks;
    this.#rtt = options.rtt;
    this.#fire = options.fire;
  }

  /** What it is set to; null when it is not. */
  get kind(): TimerKind | null {
    return this.#set?.kind ?? null;
  }

  /** The time-out with its back-off. */
  get timeoutMs(): Ms {
    return Math.min(this.#rtt.timeoutMs * 2 ** this.backoff, LONGEST_RTO_MS);
  }

  arm(kind: TimerKind, afterMs: Ms, nowMs: Ms): void {
    this.#set?.cancel();
    const cancel = this.#clock.at(firesAtMs(this.#ticks, nowMs, afterMs), (atMs) => {
      this.#set = null;
      this.#fire(kind, atMs);
    });
    this.#set = { kind, cancel };
  }

  armTimeout(nowMs: Ms): void {
    this.arm('timeout', this.timeoutMs, nowMs);
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = null;
  }
}
