import type { Ms } from '../../core/time/clock.ts';

/** How much of something a peer may do: so many at once, and so many a second from then on. */
export interface FloodLimit {
  readonly burst: number;
  readonly perS: number;
}

/** Counts what a peer does that costs us more than it costs the peer (RFC 9113 10.5). */
export class FloodMeter {
  readonly #limit: FloodLimit;
  #left: number;
  #atMs: Ms = Number.NaN;

  constructor(limit: FloodLimit) {
    this.#limit = limit;
    this.#left = limit.burst;
  }

  /** Counts one more. Returns false where it is one too many. */
  take(nowMs: Ms): boolean {
    const { burst, perS } = this.#limit;
    if (!Number.isNaN(this.#atMs)) this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) * perS) / 1000);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** We did something that gives the peer reason for so many more. */
  credit(more: number): void {
    this.#left = Math.min(this.#limit.burst, this.#left + more);
  }
}
