import type { Ms } from '../../../core/time/clock.ts';

/** Weight of the newest step: an average over about the last twenty. */
const WEIGHT = 0.05;

/** Moving averages over steps, of what a real server could measure too: durations and tokens, not the formula. */
export class StepMeter {
  #stepMs = 0;
  #decodeStepMs = 0;
  #addedMs = 0;
  #addedTokens = 0;

  /** Mean duration of a step; 0 before the first. */
  get stepMs(): Ms {
    return this.#stepMs;
  }

  /** What a prompt token adds to a step beyond a step without any; 0 before the first prompt. */
  get prefillMsPerToken(): Ms {
    return this.#addedTokens === 0 ? 0 : this.#addedMs / this.#addedTokens;
  }

  record(durationMs: Ms, promptTokens: number): void {
    this.#stepMs = moved(this.#stepMs, durationMs);
    if (promptTokens === 0) {
      this.#decodeStepMs = moved(this.#decodeStepMs, durationMs);
      return;
    }
    // Two averages and their ratio, so that a step weighs as much as the prompt tokens it had.
    this.#addedMs = moved(this.#addedMs, Math.max(0, durationMs - this.#decodeStepMs));
    this.#addedTokens = moved(this.#addedTokens, promptTokens);
  }
}

const moved = (average: number, value: number): number =>
  average === 0 ? value : average + WEIGHT * (value - average);
