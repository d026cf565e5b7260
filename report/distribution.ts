import { blockIntervals } from '../core/stats/block-interval.ts';
import { GrowingSamples } from '../core/stats/growing-samples.ts';
import { ascending, mean } from '../core/stats/quantile.ts';
import type { RankedGroup } from '../core/stats/ranked-column.ts';
import { rankedQuantile } from '../core/stats/ranked-quantile.ts';
import type { SampleColumns } from '../core/stats/slotted-samples.ts';
import type { Distribution } from './summary-schema.ts';

/**
 * The distribution of the values seen, and of `censored` more values that are only known to rank above all of them. A
 * percentile that falls among the censored is null, and so is the mean when there are any. Values that are NaN are skipped.
 */
export const distribution = (samples: GrowingSamples | readonly number[], censored = 0): Distribution =>
  distributionOf(
    samples instanceof GrowingSamples
      ? samples.ascending()
      : ascending(samples.filter((sample) => !Number.isNaN(sample))),
    censored,
  );

/** The same of values in their order, without intervals. */
export const rankedDistribution = ({ seen, censored }: RankedGroup): Distribution => distributionOf(seen, censored);

/**
 * The same with intervals of what the run says of its percentiles: `samples` are all of the values with their slots, in any order, and the run
 * was measured for `slots` whole slots of 15 s. A sample of Infinity is censored, one of NaN is none.
 */
export const withIntervals = ({ seen, censored }: RankedGroup, samples: SampleColumns, slots: number): Distribution => {
  const [p50, p99] = blockIntervals(withoutNaN(samples), { seen, slots, at: [0.5, 0.99] }).map(
    (interval) => interval && ([round(interval[0]), round(interval[1])] as [number, number]),
  );
  return {
    ...distributionOf(seen, censored),
    ci95: p50 || p99 ? { p50: p50 ?? null, p99: p99 ?? null } : null,
  };
};

const withoutNaN = ({ values, slots }: SampleColumns): SampleColumns => {
  if (!values.some(Number.isNaN)) return { values, slots };
  const [known, slotOf] = [new Float64Array(values.length), new Uint32Array(values.length)];
  let length = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    known[length] = values[row]!;
    slotOf[length++] = slots[row]!;
  }
  return { values: known.subarray(0, length), slots: slotOf.subarray(0, length) };
};

const distributionOf = (seen: Float64Array, censored: number): Distribution => {
  const n = seen.length + censored;
  const at = (p: number): number | null => {
    const value = rankedQuantile(seen, n, p);
    return value === null ? null : round(value);
  };
  return {
    n,
    censored,
    mean: seen.length === 0 || censored > 0 ? null : round(mean(seen)),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: seen.length === 0 ? null : round(seen.at(-1)!),
    ci95: null,
  };
};

/** Four decimals: a tenth of a microsecond. */
export const round = (value: number): number => Math.round(value * 1e4) / 1e4;
