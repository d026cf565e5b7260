import type { Ms } from '../../../core/time/clock.ts';

/**
 * CUBIC: how a window grows after a loss, as a cubic function of the time since, in whole segments.
 * Source: RFC 9438, with the constants C = 0.4 and 0.7 and the arithmetic in whole segments, as Linux has it.
 */
export class CubicGrowth {
  /** The window before the last reduction; 0 when there was none. */
  #lastMax = 0;
  #epochAtMs: Ms | null = null;
  #originSegments = 0;
  #plateauAfterS = 0;
  /** What the window of a standard TCP would be, and acknowledged segments that count towards it. */
  #standardSegments = 0;
  #towardsStandard = 0;

  /** The window after a loss at `segments`. */
  reduced(segments: number): number {
    // A window that did not reach its last maximum makes room for others: it aims lower.
    this.#lastMax = segments < this.#lastMax ? Math.floor((segments * (1 + BETA)) / 2) : segments;
    this.#epochAtMs = null;
    return Math.max(2, Math.floor(segments * BETA));
  }

  /** A time-out: the path may be another one, so that the old window says nothing. */
  forget(): void {
    this.#lastMax = 0;
    this.#epochAtMs = null;
  }

  /** Nothing was sent for `idleMs`: that time does not count. */
  pause(idleMs: Ms): void {
    if (this.#epochAtMs !== null) this.#epochAtMs += idleMs;
  }

  /** Of how many acknowledged segments each makes the window larger by one. */
  segmentsAStep({ segments, acked, nowMs, minRttMs }: Growing): number {
    if (this.#epochAtMs === null) this.#begin(segments, nowMs);
    this.#towardsStandard += acked;
    const afterS = (nowMs - this.#epochAtMs! + minRttMs) / 1000 - this.#plateauAfterS;
    const target = this.#originSegments + Math.trunc(C * afterS ** 3);
    let step = target > segments ? Math.floor(segments / (target - segments)) : 100 * segments;
    if (this.#lastMax === 0) step = Math.min(step, 20);
    const standardStep = Math.max(1, Math.floor((segments * (1 + BETA)) / (3 * (1 - BETA))));
    while (this.#towardsStandard > standardStep) {
      this.#towardsStandard -= standardStep;
      this.#standardSegments++;
    }
    if (this.#standardSegments > segments) {
      step = Math.min(step, Math.floor(segments / (this.#standardSegments - segments)));
    }
    return Math.max(step, 2);
  }

  #begin(segments: number, nowMs: Ms): void {
    this.#epochAtMs = nowMs;
    this.#towardsStandard = 0;
    this.#standardSegments = segments;
    this.#originSegments = Math.max(segments, this.#lastMax);
    this.#plateauAfterS = Math.cbrt((this.#originSegments - segments) / C);
  }
}

interface Growing {
  readonly segments: number;
  readonly acked: number;
  readonly nowMs: Ms;
  readonly minRttMs: Ms;
}

const C = 0.4;
const BETA = 0.7;
