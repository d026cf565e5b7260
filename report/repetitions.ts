import { allDifferences } from './difference.ts';
import { round } from './distribution.ts';
import { seenOf } from './least-samples.ts';
import { METRICS } from './metric.ts';
import type { Repetitions } from './repetitions-schema.ts';
import type { RunResult } from './summary-schema.ts';
import { tInterval } from './t-interval.ts';
import { type Until, untilOutcome } from './until.ts';

/**
 * What repetitions of one scenario under several seeds say together: for each variant, each metric's mean and interval over its whole
 * runs, and how variants differ seed by seed. Runs that were cut short measured another stretch of time, so they are left out. `asked` is how many repetitions were wanted.
 */
export const repetitionsOf = (runs: readonly RunResult[], asked: number, until?: Until): Repetitions => ({
  asked,
  ...(until === undefined ? {} : { until: untilOutcome(runs, until) }),
  byVariant: Object.fromEntries(
    [...Map.groupBy(runs, ({ key }) => key.variant)].map(([variant, of]) => {
      const whole = of.filter(({ partial }) => !partial);
      return [
        variant,
        {
          seeds: whole.map(({ key }) => key.seed),
          fewestFirstTokens:
            whole.length === 0 ? null : Math.min(...whole.map(({ figures }) => seenOf(figures.ttftMs))),
          metrics: Object.fromEntries(
            METRICS.map(({ name, of: read }) => [name, overSeeds(whole.map(({ figures }) => read(figures)))]),
          ),
        },
      ];
    }),
  ),
  differences: [...allDifferences(runs)],
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
