import { ascending, mean, quantile } from '../core/stats/quantile.ts';

/** A distribution in milliseconds; every figure is null when there was nothing to measure. */
export interface Distribution {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly mean: number | null;
}

/** What is not a number is left out. */
export const distribution = (samples: readonly number[]): Distribution => {
  const sorted = ascending(samples.filter((sample) => !Number.isNaN(sample)));
  const at = (p: number): number | null => orNull(quantile(sorted, p));
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), mean: orNull(mean(sorted)) };
};

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : round(value));

/** Four decimals: a tenth of a microsecond. */
export const round = (value: number): number => Math.round(value * 1e4) / 1e4;
