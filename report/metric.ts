import { ConfigError } from '../core/config/config-error.ts';
import { suggestion } from '../core/config/nearest.ts';
import type { Distribution, RunFigures } from './summary-schema.ts';

/** One figure of a run by its name in the grammar of metrics: `ttft.p99`, `e2e.mean`, `goodput`. */
export interface Metric {
  readonly name: string;
  /** For a sentence: `p99 TTFT`. */
  readonly title: string;
  /** Milliseconds, a share from 0 to 1, or requests a second. */
  readonly unit: 'ms' | 'share' | 'per-s';
  readonly isLowerBetter: boolean;
  /** Its value; null where it is not known, or falls among censored values. */
  readonly of: (figures: RunFigures) => number | null;
}

/** What a distribution is asked for; `p999` is the percentile 99.9. */
const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;

/** The distributions of a run that metrics name. */
const LATENCIES: Readonly<Record<string, readonly [title: string, of: (figures: RunFigures) => Distribution | null]>> =
  {
    ttft: ['TTFT', ({ ttftMs }) => ttftMs],
    'ttft-from-send': ['TTFT from send', ({ ttftFromSendMs }) => ttftFromSendMs],
    e2e: ['E2E', ({ e2eMs }) => e2eMs],
    'e2e-from-send': ['E2E from send', ({ e2eFromSendMs }) => e2eFromSendMs],
    tpot: ['TPOT', ({ tpotMs }) => tpotMs],
    itl: ['ITL', ({ itlMs }) => itlMs],
    regret: ['regret', ({ regret }) => Object.values(regret)[0] ?? null],
    'regret-e2e': ['regret of E2E', ({ regretE2e }) => Object.values(regretE2e)[0] ?? null],
    queue: ['queueing', ({ queueMs }) => queueMs],
    service: ['service at the node', ({ serviceMs }) => serviceMs],
  };

const titleOf = (statistic: (typeof STATISTICS)[number]): string => (statistic === 'p999' ? 'p99.9' : statistic);

/** Every metric. */
export const METRICS: readonly Metric[] = [
  ...Object.entries(LATENCIES).flatMap(([name, [title, of]]) =>
    STATISTICS.map(
      (statistic): Metric => ({
        name: `${name}.${statistic}`,
        title: `${titleOf(statistic)} ${title}`,
        unit: 'ms',
        isLowerBetter: true,
        of: (figures) => of(figures)?.[statistic] ?? null,
      }),
    ),
  ),
  { name: 'goodput', title: 'goodput', unit: 'per-s', isLowerBetter: false, of: ({ goodputPerS }) => goodputPerS },
  { name: 'attained', title: 'attainment', unit: 'share', isLowerBetter: false, of: ({ attainment }) => attainment },
  {
    name: 'regret-missed',
    title: 'regret of missed objectives',
    unit: 'share',
    isLowerBetter: true,
    of: ({ regretMissed }) => Object.values(regretMissed)[0]?.mean ?? null,
  },
  { name: 'stalls', title: 'answers with a stall', unit: 'share', isLowerBetter: true, of: ({ stalled }) => stalled },
  {
    name: 'answered',
    title: 'answered share',
    unit: 'share',
    isLowerBetter: false,
    of: ({ answered, requests }) => (requests === 0 ? null : answered / requests),
  },
];

const BY_NAME: ReadonlyMap<string, Metric> = new Map(METRICS.map((metric) => [metric.name, metric]));

/** The metric of that name. `place` is where the user wrote it, such as `--until`. Throws `ConfigError` for a name of none. */
export const metricNamed = (name: string, place: string): Metric => {
  const metric = BY_NAME.get(name);
  if (metric !== undefined) return metric;
  if (Object.hasOwn(LATENCIES, name)) {
    throw new ConfigError(
      place,
      `has "${name}", expected one of ${STATISTICS.map((of) => `${name}.${of}`).join(', ')}`,
    );
  }
  const [latency, statistic] = name.split('.');
  const isLatency = latency !== undefined && Object.hasOwn(LATENCIES, latency) && statistic !== undefined;
  const known = isLatency ? STATISTICS.map((of) => `${latency}.${of}`) : [...BY_NAME.keys()];
  throw new ConfigError(place, `has "${name}", which is no metric; ${suggestion(name, known)}`);
};

/** A value of the metric with its unit: `31 ms`, `94.5 %`, `18.89/s`. */
export const metricText = ({ unit }: Pick<Metric, 'unit'>, value: number): string => {
  if (unit === 'ms') return `${value.toFixed(Math.abs(value) < 100 ? 1 : 0)} ms`;
  return unit === 'share' ? `${(value * 100).toFixed(1)} %` : `${value.toFixed(2)}/s`;
};
