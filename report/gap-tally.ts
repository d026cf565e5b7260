import type { Event } from '../core/event/event.ts';
import { Histogram } from '../core/stats/histogram.ts';
import { round } from './distribution.ts';
import type { Distribution } from './summary-schema.ts';

type GapsEvent = Extract<Event, { kind: 'gaps' }>;

/** The gaps between messages of all answers, from the histograms that processes of clients logged. */
export class GapTally {
  #all: Histogram | null = null;

  /** Throws `RangeError` for buckets that no histogram has. */
  add({ buckets, maxUs }: Pick<GapsEvent, 'buckets' | 'maxUs'>): void {
    this.#all ??= new Histogram();
    this.#all.add(buckets, maxUs);
  }

  merge(other: GapTally): void {
    if (other.#all !== null) this.add(other.#all);
  }

  /** In ms, exact to a part in 1024 but for the largest; null where nobody logged gaps. */
  distribution(): Distribution | null {
    const all = this.#all;
    if (all === null) return null;
    const at = (p: number): number | null => (all.count === 0 ? null : round(all.quantileUs(p) / 1000));
    return {
      n: all.count,
      censored: 0,
      mean: all.count === 0 ? null : round(all.meanUs / 1000),
      p50: at(0.5),
      p90: at(0.9),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      max: all.count === 0 ? null : round(all.maxUs / 1000),
      ci95: null,
    };
  }
}
