import { ascending, quantile } from '../../core/stats/quantile.ts';

/** What intervals of many experiments did, against the true value. */
export interface IntervalCoverage {
  readonly experiments: number;
  /** In how many there was an interval. */
  readonly given: number;
  /** Of those: how many held the true value, as a share; NaN for none. */
  readonly held: number;
  /** Of all experiments: how many gave an interval that was too low, and too high, as shares. */
  readonly tooLow: number;
  readonly tooHigh: number;
  /** The median of (upper - lower)/true value, over those that were given; NaN for none. */
  readonly width: number;
}

/** Judges intervals against `truth`; null is an experiment without one. */
export const coverageOf = (
  intervals: readonly (readonly [number, number] | null)[],
  truth: number,
): IntervalCoverage => {
  const given = intervals.filter((interval) => interval !== null);
  const tooLow = given.filter(([, high]) => high < truth).length;
  const tooHigh = given.filter(([low]) => low > truth).length;
  return {
    experiments: intervals.length,
    given: given.length,
    held: 1 - (tooLow + tooHigh) / given.length,
    tooLow: tooLow / intervals.length,
    tooHigh: tooHigh / intervals.length,
    width: quantile(ascending(given.map(([low, high]) => (high - low) / truth)), 0.5),
  };
};
