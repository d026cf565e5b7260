import type { Ms } from '../../../core/time/clock.ts';

/** Weight of the newest step. The average covers about the last twenty steps. */
const WEIGHT = 0.05;

/** Moving averages over steps. It uses only what a real server can measure: durations and tokens, not the formula. */
export class StepMeter {
  #stepMs = 0;
  #decodeStepMs = 0;
  #addedMs = 0;
  #addedTokens = 0;

  /** Mean duration of a step; 0 before the first. */
  get stepMs(): Ms {
    return this.#stepMs;
  }

  /** Extra time of a step for each prompt token, compared with a step without prompts; 0 before the first prompt. */
  get prefillMsPerToken(): Ms {
    return this.#addedTokens === 0 ? 0 : this.#addedMs / this.#addedTokens;
  }

  record(durationMs: Ms, promptTokens: number): void {
    this.#stepMs = moved(this.#stepMs, durationMs);
    if (promptTokens === 0) {
      this.#decodeStepMs = moved(this.#decodeStepMs, durationMs);
      return;
    }
    // The ratio of two averages, so that a step is weighted by its prompt tokens.
    this.#addedMs = moved(this.#addedMs, Math.max(0, durationMs - this.#decodeStepMs));
    this.#addedTokens = moved(this.#addedTokens, promptTokens);
  }
}

const moved = (average: number, value: number): number =>
  average === 0 ? value : average + WEIGHT * (value - average);
