import type { Ms } from '../../../core/time/clock.ts';
import { RTO_MARGIN_MS } from './tcp-constants.ts';

/**
 * What a sender knows of its round trip: smoothed, varying, smallest. Source: RFC 6298, with the margin of Linux, where the
 * variance is the largest deviation within a round trip: it rises at once and falls by a quarter a round trip.
 *
 * Hot path: fields have a number from the start, because V8 allocates at each change of one that was undefined.
 */
export class RoundTripEstimate {
  smoothedMs: Ms = 0;
  minMs: Ms = 0;
  /** Four times the mean deviation, and the largest of that within this round trip. */
  #deviationMs: Ms = 0;
  #largestMs: Ms = 0;
  #marginMs: Ms = 0;
  #minAtMs: Ms = 0;
  #roundEndSeq = 0;

  /** `firstMs` is the round trip of the handshake. */
  constructor(firstMs: Ms, nowMs: Ms) {
    this.smoothedMs = firstMs;
    this.minMs = firstMs;
    this.#minAtMs = nowMs;
    this.#deviationMs = 2 * firstMs;
    this.#marginMs = Math.max(RTO_MARGIN_MS, 2 * firstMs);
    this.#largestMs = this.#marginMs;
  }

  /** The retransmission time-out, not backed off. */
  get timeoutMs(): Ms {
    return this.smoothedMs + this.#marginMs;
  }

  /** A segment was acknowledged. Hot path. */
  sample({ rttMs: sampleMs, nowMs, unaSeq, nextSeq }: Measured): void {
    if (sampleMs <= this.minMs || nowMs - this.#minAtMs > MIN_HOLDS_MS) {
      this.minMs = sampleMs;
      this.#minAtMs = nowMs;
    }
    const error = sampleMs - this.smoothedMs;
    this.smoothedMs += error / 8;
    // A round trip that falls says little about how late the next one may be, so it counts an eighth.
    const change = Math.abs(error) - this.#deviationMs / 4;
    this.#deviationMs += error < 0 && change > 0 ? change / 8 : change;
    if (this.#deviationMs > this.#largestMs) {
      this.#largestMs = this.#deviationMs;
      this.#marginMs = Math.max(this.#marginMs, this.#largestMs);
    }
    if (unaSeq <= this.#roundEndSeq) return;
    if (this.#largestMs < this.#marginMs) this.#marginMs -= (this.#marginMs - this.#largestMs) / 4;
    this.#roundEndSeq = nextSeq;
    this.#largestMs = RTO_MARGIN_MS;
  }
}

/** A round trip at `nowMs`; `unaSeq` is the first byte not acknowledged, `nextSeq` the next to be sent. */
interface Measured {
  readonly rttMs: Ms;
  readonly nowMs: Ms;
  readonly unaSeq: number;
  readonly nextSeq: number;
}

/** How long a smallest round trip is believed. Linux: tcp_min_rtt_wlen. */
const MIN_HOLDS_MS = 300_000;
