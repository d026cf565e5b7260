import type { Ms } from '../../../core/time/clock.ts';
import { RTO_MARGIN_MS } from './tcp-constants.ts';

/**
 * What a sender knows of its round trip: smoothed, varying, smallest. Source: RFC 6298, with the margin of Linux, where the
 * variance is the largest deviation within a round trip: it rises at once and falls by a quarter a round trip.
 */
export class RoundTripEstimate {
  smoothedMs: Ms;
  minMs: Ms;
  /** Four times the mean deviation, and the largest of that within this round trip. */
  #deviationMs: Ms;
  #largestMs: Ms;
  #marginMs: Ms;
  #minAtMs: Ms;
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

  /** A segment was acknowledged after `sampleMs`; `unaSeq` is the first byte not acknowledged, `nextSeq` the next to be sent. */
  sample(sampleMs: Ms, nowMs: Ms, unaSeq: number, nextSeq: number): void {
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

/** How long a smallest round trip is believed. Linux: tcp_min_rtt_wlen. */
const MIN_HOLDS_MS = 300_000;
