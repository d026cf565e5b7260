/** Weight of the newest request: the average covers about the last hundred. */
const WEIGHT = 0.01;

/** How much of prompts the prefix cache had: in all since the start, and of late. */
export class HitMeter {
  #queries = 0;
  #hits = 0;
  #lateQueries = 0;
  #lateHits = 0;

  /** Prompt tokens looked up, and prompt tokens found, since the start. */
  get totals(): { readonly queries: number; readonly hits: number } {
    return { queries: this.#queries, hits: this.#hits };
  }

  /** Share of prompt tokens that were found, by a moving average over requests that is weighted by their tokens; 0 before the first. */
  get share(): number {
    return this.#lateQueries === 0 ? 0 : this.#lateHits / this.#lateQueries;
  }

  /** A request looked up so many tokens and found so many of them. */
  record(queries: number, hits: number): void {
    this.#queries += queries;
    this.#hits += hits;
    this.#lateQueries += WEIGHT * (queries - this.#lateQueries);
    this.#lateHits += WEIGHT * (hits - this.#lateHits);
  }
}
