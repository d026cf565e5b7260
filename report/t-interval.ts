import { mean } from '../core/stats/quantile.ts';
import { studentT } from '../core/stats/student-t.ts';

/** The mean of independent repetitions, and the interval that holds the true mean in 95 % of all experiments. */
export interface TInterval {
  readonly mean: number;
  /** Lower and upper end; null for fewer than two values, which say nothing of how far they scatter. */
  readonly ci95: readonly [number, number] | null;
}

/**
 * Student's t interval of the mean: mean -+ t s / sqrt(n), for values that are independent and about normal. Null for no values.
 * Source: W. S. Gosset ("Student"), The probable error of a mean, Biometrika 1908.
 */
export const tInterval = (values: readonly number[]): TInterval | null => {
  const n = values.length;
  if (n === 0) return null;
  const middle = mean(values);
  if (n === 1) return { mean: middle, ci95: null };
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (n - 1);
  const half = studentT(0.95, n - 1) * Math.sqrt(variance / n);
  return { mean: middle, ci95: [middle - half, middle + half] };
};
