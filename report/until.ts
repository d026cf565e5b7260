import { ConfigError } from '../core/config/config-error.ts';
import { LEAST_SEEDS } from './difference.ts';
import { boundAt, type MetricBound, parseBounds } from './metric-bound.ts';
import type { UntilOutcome } from './repetitions-schema.ts';
import type { RunResult } from './summary-schema.ts';
import { tInterval } from './t-interval.ts';

/** Until when repetitions go on: each interval reaches at most so far to both sides of its mean, or there are `most` of them. */
export interface Until {
  readonly text: string;
  readonly bounds: readonly MetricBound[];
  readonly most: number;
}

/** Reads `ttft.p99:5%,max:20`; without `max`, 100 repetitions are the most. Throws `ConfigError`. */
export const parseUntil = (text: string): Until => {
  const place = '--until';
  const { bounds, limits } = parseBounds(text, { place, limits: ['max'] });
  const { max: most = 100 } = limits;
  if (most < LEAST_SEEDS) throw new ConfigError(place, `has max:${most}, expected at least ${LEAST_SEEDS} repetitions`);
  return { text, bounds, most };
};

/** Whether every interval over the whole runs is narrow enough. Never with fewer than ten of a policy. */
export const isNarrow = (runs: readonly RunResult[], { bounds }: Until): boolean => tooWide(runs, bounds).length === 0;

/** What came of it, over the runs that count. */
export const untilOutcome = (runs: readonly RunResult[], { text, bounds }: Until): UntilOutcome => {
  const wide = [...tooWide(runs, bounds)];
  return { asked: text, isReached: wide.length === 0, wide };
};

/** The same as a line for people. */
export const untilLine = ({ asked, isReached, wide }: UntilOutcome, repetitions: number): string =>
  isReached
    ? `${asked} was reached after ${repetitions} repetitions.`
    : `${asked} was not reached in ${repetitions} repetitions: ${wide.join(', ')}.`;

const tooWide = (runs: readonly RunResult[], bounds: readonly MetricBound[]): readonly string[] =>
  [...Map.groupBy(runs, ({ key }) => key.variant)].flatMap(([variant, of]) =>
    bounds.flatMap((bound) => {
      const values = of.filter(({ partial }) => !partial).map(({ figures }) => bound.metric.of(figures));
      const known = values.filter((value) => value !== null);
      const name = `${variant} ${bound.metric.name}`;
      if (known.length < values.length) return [`${name} is not known in every run`];
      const interval = tInterval(known);
      if (known.length < LEAST_SEEDS || !interval?.ci95) return [`${name} has ${known.length} of ${LEAST_SEEDS} runs`];
      const half = interval.ci95[1] - interval.mean;
      if (half <= boundAt(bound, interval.mean)) return [];
      return [`${name} ±${((100 * half) / Math.abs(interval.mean)).toFixed(1)} %`];
    }),
  );
