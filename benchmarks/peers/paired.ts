import { ascending, mean, quantile } from '../../core/stats/quantile.ts';
import { studentQuantile } from '../../core/stats/student.ts';

/** A figure over pairs of measurements, and the interval in which it lies with 95 %; null for too few pairs. */
export interface Paired {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
}

/** The geometric mean of the ratios of pairs, with a t interval on their logarithms; null where there is no pair. All must be above 0. */
export const pairedRatio = (pairs: readonly (readonly [number, number])[]): Paired | null => {
  const logs = pairedMean(pairs.map(([one, other]) => Math.log(one / other)));
  if (logs === null) return null;
  const { value, low, high, pairs: count } = logs;
  return {
    value: Math.exp(value),
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
    pairs: count,
  };
};

/** The median of the differences of pairs; null where there is no pair. */
export const pairedDifference = (pairs: readonly (readonly [number, number])[]): Paired | null =>
  pairedMedian(pairs.map(([one, other]) => one - other));

const pairedMean = (values: readonly number[]): Paired | null => {
  const pairs = values.length;
  if (pairs === 0) return null;
  const value = mean(values);
  if (pairs === 1) return { value, low: null, high: null, pairs };
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (pairs - 1);
  const half = studentQuantile(0.975, pairs - 1) * Math.sqrt(variance / pairs);
  return { value, low: value - half, high: value + half, pairs };
};

/** With the interval between two ranks: the median is outside with at most 5 %, however values are spread; null below six values. */
const pairedMedian = (values: readonly number[]): Paired | null => {
  const pairs = values.length;
  if (pairs === 0) return null;
  const sorted = ascending(values);
  const outside = ranksOutside(pairs);
  const [low, high] = outside < 0 ? [null, null] : [sorted[outside]!, sorted[pairs - 1 - outside]!];
  return { value: quantile(sorted, 0.5), low, high, pairs };
};

/** The last rank, from 0, below which the median lies with at most 2.5 %; -1 for none. Source: the binomial distribution of a fair coin. */
const ranksOutside = (count: number): number => {
  let [chance, below] = [0.5 ** count, 0];
  for (let rank = 0; ; rank++) {
    below += chance;
    if (below > 0.025) return rank - 1;
    chance *= (count - rank) / (rank + 1);
  }
};
