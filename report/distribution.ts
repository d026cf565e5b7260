import { GrowingSamples } from '../core/stats/growing-samples.ts';
import { ascending, mean, quantile } from '../core/stats/quantile.ts';
import type { Distribution } from './summary-schema.ts';

/**
 * The distribution of the values seen, and of `censored` more values that are only known to rank above all of them. A
 * percentile that falls among the censored is null, and so is the mean when there are any. Values that are NaN are skipped.
 */
export const distribution = (samples: GrowingSamples | readonly number[], censored = 0): Distribution => {
  const seen =
    samples instanceof GrowingSamples
      ? samples.ascending()
      : ascending(samples.filter((sample) => !Number.isNaN(sample)));
  const n = seen.length + censored;
  const at = (p: number): number | null => {
    const rank = (n - 1) * p;
    if (Math.ceil(rank) >= seen.length) return null;
    // The same rank, as a share of the values seen.
    return round(quantile(seen, seen.length === 1 ? 0 : rank / (seen.length - 1)));
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
