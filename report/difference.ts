import { round } from './distribution.ts';
import { METRICS, type Metric, metricText } from './metric.ts';
import type { Differences, MetricDifference } from './repetitions-schema.ts';
import type { RunResult } from './summary-schema.ts';
import { tInterval } from './t-interval.ts';

/** With fewer seeds a t interval of latencies, which are skewed, holds the truth too rarely for a verdict. */
export const LEAST_SEEDS = 10;

/** Runs of one variant beside runs of another under the same seed, and so on the same schedule. */
export type SeedPair = readonly [variant: RunResult, against: RunResult];

/** The whole runs of two variants under each seed that both have. Runs that were cut short are left out. */
export const seedPairs = (variant: readonly RunResult[], against: readonly RunResult[]): readonly SeedPair[] => {
  const bySeed = new Map(against.filter(({ partial }) => !partial).map((run) => [run.key.seed, run]));
  return variant.flatMap((run): readonly SeedPair[] => {
    const other = bySeed.get(run.key.seed);
    return run.partial || other === undefined ? [] : [[run, other]];
  });
};

/** Every metric of `variant` minus that of `against`, seed by seed. */
export const differencesOf = (
  { variant, against }: { readonly variant: string; readonly against: string },
  pairs: readonly SeedPair[],
): Differences => ({
  variant,
  against,
  seeds: pairs.map(([{ key }]) => key.seed),
  metrics: Object.fromEntries(METRICS.map((metric) => [metric.name, differenceIn(metric, pairs)])),
});

/** Each pair of variants, in their order: the later one minus the earlier one. */
export const allDifferences = (runs: readonly RunResult[]): readonly Differences[] => {
  const byVariant = [...Map.groupBy(runs, ({ key }) => key.variant)];
  return byVariant.flatMap(([against, others], index) =>
    byVariant.slice(index + 1).map(([variant, own]) => differencesOf({ variant, against }, seedPairs(own, others))),
  );
};

/** The difference of one metric. */
export const differenceIn = ({ of }: Metric, pairs: readonly SeedPair[]): MetricDifference =>
  differenceOfValues(pairs.map(([own, other]) => [of(own.figures), of(other.figures)]));

/** The same of its values, null where it is not known. Where it is not known in both runs of every pair, a mean over the others would flatter one side. */
export const differenceOfValues = (
  pairs: readonly (readonly [own: number | null, other: number | null])[],
): MetricDifference => {
  const known = pairs.flatMap(([own, its]) => (own === null || its === null ? [] : [own - its]));
  const missing = pairs.length - known.length;
  const interval = missing > 0 ? null : tInterval(known);
  const ci95 = interval?.ci95 ? ([round(interval.ci95[0]), round(interval.ci95[1])] as [number, number]) : null;
  return {
    n: pairs.length,
    missing,
    mean: interval && round(interval.mean),
    ci95,
    verdict: verdictOf(pairs.length, missing, ci95),
  };
};

const verdictOf = (seeds: number, missing: number, ci95: MetricDifference['ci95']): MetricDifference['verdict'] => {
  if (seeds < LEAST_SEEDS) return 'too-few-seeds';
  if (missing > 0 || ci95 === null) return 'not-known';
  if (ci95[1] < 0) return 'lower';
  return ci95[0] > 0 ? 'higher' : 'none-shown';
};

/** The difference as one phrase: `p99 TTFT 31.0 ms lower, 95 % CI 24.0 to 38.0`. */
export const differenceText = (metric: Metric, { n, missing, mean, ci95, verdict }: MetricDifference): string => {
  const { title } = metric;
  const size = (value: number): string => sizeText(metric, Math.abs(value));
  const range = (ends: readonly number[]): string =>
    `95 % CI ${ends.map((end) => sizeText(metric, end).replace(/ .*/, '')).join(' to ')}`;
  if (verdict === 'too-few-seeds') {
    const more = `${LEAST_SEEDS - n} more ${LEAST_SEEDS - n === 1 ? 'seed' : 'seeds'} for a verdict`;
    return mean === null ? `${title}: ${more}` : `${title} ${signedText(metric, mean)} over ${n}, ${more}`;
  }
  if (mean === null || ci95 === null) return `${title}: no verdict, not known in ${missing} of ${n} seeds`;
  if (verdict === 'none-shown') return `${title}: no difference shown (${signedText(metric, mean)}, ${range(ci95)})`;
  const ends = ci95.map(Math.abs).sort((a, b) => a - b);
  return `${title} ${size(mean)} ${verdict}, ${range(ends)}`;
};

/** A difference of shares is in percentage points, not in percent of either. */
const sizeText = (metric: Metric, value: number): string =>
  metric.unit === 'share' ? `${(value * 100).toFixed(1)} points` : metricText(metric, value);

const signedText = (metric: Metric, value: number): string => `${value > 0 ? '+' : ''}${sizeText(metric, value)}`;
