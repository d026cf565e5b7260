import { Histogram } from '../../../core/stats/histogram.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { Lateness } from '../load-result.ts';

/** Counts how late something was. */
export class LatenessMeter {
  readonly #late = new Histogram();

  add(lateMs: Ms): void {
    this.#late.record(lateMs * 1000);
  }

  get lateness(): Lateness {
    const at = (p: number): Ms => (this.#late.count === 0 ? 0 : this.#late.quantileUs(p) / 1000);
    return { n: this.#late.count, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: this.#late.maxUs / 1000 };
  }
}
