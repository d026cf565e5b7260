import { round } from './distribution.ts';
import type { Distribution, Repetitions, RunFigures, RunResult } from './summary-schema.ts';
import { tInterval } from './t-interval.ts';

/**
 * What repetitions of one scenario under several seeds say together: for each variant, each metric's mean and interval over its whole
 * runs. Runs that were cut short measured another stretch of time, so they are left out. `asked` is how many repetitions were wanted.
 */
export const repetitionsOf = (runs: readonly RunResult[], asked: number): Repetitions => ({
  asked,
  byVariant: Object.fromEntries(
    [...Map.groupBy(runs, ({ key }) => key.variant)].map(([variant, of]) => {
      const whole = of.filter(({ partial }) => !partial);
      return [
        variant,
        {
          seeds: whole.map(({ key }) => key.seed),
          metrics: Object.fromEntries(
            METRICS.map(({ name, read }) => [name, overSeeds(whole.map(({ figures }) => read(figures)))]),
          ),
        },
      ];
    }),
  ),
});

const overSeeds = (values: readonly (number | null)[]): Repetitions['byVariant'][string]['metrics'][string] => {
  const known = values.filter((value) => value !== null);
  const missing = values.length - known.length;
  // A mean over the seeds in which a percentile was seen would flatter a policy that fails in the others.
  const interval = missing > 0 ? null : tInterval(known);
  return {
    n: values.length,
    missing,
    mean: interval && round(interval.mean),
    ci95: interval?.ci95 ? [round(interval.ci95[0]), round(interval.ci95[1])] : null,
  };
};

interface Metric {
  readonly name: string;
  readonly read: (figures: RunFigures) => number | null;
}

const percentiles = (name: string, of: (figures: RunFigures) => Distribution): readonly Metric[] =>
  (['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const).map((which) => ({
    name: `${name}.${which}`,
    read: (figures) => of(figures)[which],
  }));

const METRICS: readonly Metric[] = [
  ...percentiles('ttft', ({ ttftMs }) => ttftMs),
  ...percentiles('e2e', ({ e2eMs }) => e2eMs),
  ...percentiles('tpot', ({ tpotMs }) => tpotMs),
  ...percentiles('queue', ({ queueMs }) => queueMs),
  { name: 'goodput', read: ({ goodputPerS }) => goodputPerS },
  { name: 'attainment', read: ({ attainment }) => attainment },
  { name: 'answered', read: ({ answered, requests }) => (requests === 0 ? null : answered / requests) },
];
