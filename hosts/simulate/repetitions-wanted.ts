import type { RunResult } from '../../report/summary-schema.ts';
import { isNarrow, type Until } from '../../report/until.ts';

/**
 * How many repetitions are enough: those until the first after which intervals are narrow enough. What comes later does not change
 * that, so it does not depend on how many run at once.
 */
export class RepetitionsWanted {
  readonly #until: Until;
  readonly #policies: number;
  /** Of all repetitions up to the first that is not done. */
  readonly #runs: RunResult[] = [];
  #enough: number | null = null;

  constructor(until: Until, policies: number) {
    this.#until = until;
    this.#policies = policies;
  }

  /** Null while nobody knows. */
  get enough(): number | null {
    return this.#enough;
  }

  /** Looks at the runs so far, in the order of their tasks: all policies of a repetition, then the next. True when that is enough. */
  isEnough(runs: readonly (RunResult | null)[]): boolean {
    while (this.#enough === null) {
      const next = runs.slice(this.#runs.length, this.#runs.length + this.#policies).filter((run) => run !== null);
      if (next.length < this.#policies) return false;
      this.#runs.push(...next);
      if (isNarrow(this.#runs, this.#until)) this.#enough = this.#runs.length / this.#policies;
    }
    return true;
  }
}
