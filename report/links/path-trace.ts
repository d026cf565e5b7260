import { ascending, quantile } from '../../core/stats/quantile.ts';
import type { PathSample } from './path-samples.ts';

/** What a report keeps of a path: every round trip, how often the path changed, and the first and last samples. */
export class PathTrace {
  /** Round trip of each step in ms; NaN when there was no path. */
  readonly rttMs: number[] = [];
  readonly #first: PathSample[] = [];
  readonly #last: PathSample[] = [];
  #previous: PathSample | null = null;
  #changes = 0;
  #fewestHops = Number.POSITIVE_INFINITY;
  #mostHops = 0;

  add(sample: PathSample): void {
    this.rttMs.push(sample.rttNs === null ? Number.NaN : sample.rttNs / 1e6);
    if (this.#previous !== null && !isSameWay(this.#previous, sample)) this.#changes++;
    if (sample.rttNs !== null) {
      this.#fewestHops = Math.min(this.#fewestHops, sample.hops.length);
      this.#mostHops = Math.max(this.#mostHops, sample.hops.length);
    }
    this.#previous = sample;
    if (this.#first.length < KEPT) this.#first.push(sample);
    else this.#last.push(sample);
    if (this.#last.length > KEPT) this.#last.shift();
  }

  /** The first and the last samples, and how many are between them. */
  ends(): { readonly first: readonly PathSample[]; readonly last: readonly PathSample[]; readonly between: number } {
    const between = this.rttMs.length - this.#first.length - this.#last.length;
    return { first: this.#first, last: this.#last, between };
  }

  summary(): PathSummary {
    const reached = ascending(this.rttMs.filter((rtt) => !Number.isNaN(rtt)));
    return {
      minMs: reached[0] ?? Number.NaN,
      p50Ms: quantile(reached, 0.5),
      p95Ms: quantile(reached, 0.95),
      maxMs: reached.at(-1) ?? Number.NaN,
      changes: this.#changes,
      downShare: this.rttMs.length === 0 ? 0 : 1 - reached.length / this.rttMs.length,
      fewestHops: reached.length === 0 ? 0 : this.#fewestHops,
      mostHops: this.#mostHops,
    };
  }
}

/** Round trips over the steps that had a path; NaN when no step had one. */
export interface PathSummary {
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  /** How often a step used other satellites than the step before. */
  readonly changes: number;
  /** Share of the steps without a path, 0 to 1. */
  readonly downShare: number;
  readonly fewestHops: number;
  readonly mostHops: number;
}

/** Samples kept at each end: a short trace is shown completely, a long one as far as it fits on a screen. */
const KEPT = 20;

const isSameWay = (a: PathSample, b: PathSample): boolean =>
  (a.rttNs === null) === (b.rttNs === null) &&
  a.hops.length === b.hops.length &&
  a.hops.every((satellite, index) => satellite === b.hops[index]);
