import type { Ms } from '../../../core/time/clock.ts';

/** Weight of the newest step. The averages cover about the last twenty steps that they are of. */
const WEIGHT = 0.05;

/** A step that is this much longer than one without prompts is bound by arithmetic: there its duration grows with its tokens. */
const BOUND_BY_ARITHMETIC = 1.5;

/** The prompt tokens of steps must differ by this share of their mean for a slope. */
const LEAST_SPREAD = 0.05;

/**
 * Moving averages over steps. It uses only what a real server can measure: durations and tokens, not the formula.
 *
 * A step that computes n prompt tokens takes the longer of what one without prompts takes and `prefillBaseMs + n * prefillMsPerToken`. The
 * two are the least-squares line over steps of the second kind: an average over all would take the tokens that a short prompt has for
 * free for cheap ones, and a long prompt would be expected too early.
 */
export class StepMeter {
  #stepMs = 0;
  #decodeStepMs = 0;
  // Moments of the steps that arithmetic bounds: their prompt tokens n, their durations t.
  #n = 0;
  #t = 0;
  #nn = 0;
  #nt = 0;

  /** Mean duration of a step; 0 before the first. */
  get stepMs(): Ms {
    return this.#stepMs;
  }

  /** What one more prompt token adds to a step that arithmetic bounds; 0 before the first. */
  get prefillMsPerToken(): Ms {
    if (this.#n === 0) return 0;
    const slope = this.#spread() > 0 ? (this.#nt - this.#n * this.#t) / this.#spread() : 0;
    const steepest = this.#t / this.#n;
    return slope > 0 && slope < steepest ? slope : steepest;
  }

  /** What such a step takes beside its prompt tokens; 0 before the first. */
  get prefillBaseMs(): Ms {
    return this.#t - this.#n * this.prefillMsPerToken;
  }

  record(durationMs: Ms, promptTokens: number): void {
    this.#stepMs = moved(this.#stepMs, durationMs);
    if (promptTokens === 0) {
      this.#decodeStepMs = moved(this.#decodeStepMs, durationMs);
      return;
    }
    if (durationMs < BOUND_BY_ARITHMETIC * this.#decodeStepMs) return;
    this.#n = moved(this.#n, promptTokens);
    this.#t = moved(this.#t, durationMs);
    this.#nn = moved(this.#nn, promptTokens ** 2);
    this.#nt = moved(this.#nt, promptTokens * durationMs);
  }

  /** The variance of the prompt tokens; 0 where they hardly differ. */
  #spread(): number {
    const variance = this.#nn - this.#n ** 2;
    return variance > (LEAST_SPREAD * this.#n) ** 2 ? variance : 0;
  }
}

const moved = (average: number, value: number): number =>
  average === 0 ? value : average + WEIGHT * (value - average);
