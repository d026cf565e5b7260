import type { Ms } from '../../../core/time/clock.ts';

/**
 * HyStart: ends slow start before it overruns a slow link, by either of two signs. The acknowledgements of a round come in a
 * train that is longer than half a round trip; or the round trips at the beginning of a round have grown.
 * Source: S. Ha, I. Rhee, "Taming the elephants", Computer Networks 55 (2011).
 */
export class SlowStartExit {
  #roundEndSeq = -1;
  #roundAtMs: Ms = 0;
  #lastAtMs: Ms = 0;
  #fastestMs: Ms = Number.POSITIVE_INFINITY;
  #samples = 0;

  /** An acknowledgement in slow start, with a window of `windowSegments`. Whether slow start ends here. Hot path: it allocates nothing. */
  isDue({ nowMs, rttMs, minRttMs, unaSeq, nextSeq }: Acknowledgement, windowSegments: number): boolean {
    if (unaSeq > this.#roundEndSeq) {
      this.#roundEndSeq = nextSeq;
      this.#roundAtMs = nowMs;
      this.#lastAtMs = nowMs;
      this.#fastestMs = Number.POSITIVE_INFINITY;
      this.#samples = 0;
    }
    if (windowSegments < LEAST_SEGMENTS) return false;
    if (nowMs - this.#lastAtMs <= TRAIN_GAP_MS) {
      this.#lastAtMs = nowMs;
      if (nowMs - this.#roundAtMs > minRttMs / 2) return true;
    }
    if (this.#samples < SAMPLES) {
      this.#samples++;
      this.#fastestMs = Math.min(this.#fastestMs, rttMs);
      return false;
    }
    return this.#fastestMs > minRttMs + Math.min(Math.max(minRttMs / 8, LEAST_GROWTH_MS), MOST_GROWTH_MS);
  }
}

interface Acknowledgement {
  readonly nowMs: Ms;
  readonly rttMs: Ms;
  readonly minRttMs: Ms;
  readonly unaSeq: number;
  readonly nextSeq: number;
}

const LEAST_SEGMENTS = 16;
const TRAIN_GAP_MS = 2;
const SAMPLES = 8;
const LEAST_GROWTH_MS = 4;
const MOST_GROWTH_MS = 16;
