import { differenceIn, seedPairs } from '../../report/difference.ts';
import { type Metric, metricNamed, metricText } from '../../report/metric.ts';
import type { MetricDifference } from '../../report/repetitions-schema.ts';
import type { RunResult } from '../../report/summary-schema.ts';

/** What an objective is judged by. */
export const OBJECTIVES = [
  { objective: 'ttft', metric: metricNamed('ttft.p99', '') },
  { objective: 'e2e', metric: metricNamed('e2e.p99', '') },
  { objective: 'slo', metric: metricNamed('attained', '') },
] as const;

/** The terms that an objective has. */
const TERMS = {
  ttft: ['interruptions', 'residual'],
  e2e: ['interruptions', 'residual', 'neighbours'],
  slo: ['interruptions', 'residual'],
} as const;

/** The policies that it is compared with: those that a router can run, without the ones that look at nothing. */
export const RIVALS = [
  'least-request',
  'peak-ewma',
  'c3',
  'prequal',
  'orca-weighted',
  'lmetric',
  'kv-overlap',
  'gorgo',
] as const;

export const nameOf = (objective: string): string => `ephemeris-${objective}`;
const withoutName = (objective: string, term: string): string => `ephemeris-${objective}-no-${term}`;

/** `router.variants`: each objective, and each without one of its terms. */
export const variants = (): Readonly<Record<string, object>> =>
  Object.fromEntries(
    OBJECTIVES.flatMap(({ objective }) => [
      [nameOf(objective), { use: 'ephemeris', objective }],
      ...TERMS[objective].map((term) => [
        withoutName(objective, term),
        { use: 'ephemeris', objective, without: [term] },
      ]),
    ]),
  );

/** A row of a table: what one metric of one variant is, beside another. */
export interface ContestRow {
  readonly scenario: string;
  readonly objective: string;
  /** The rival, or the term that was left out. */
  readonly against: string;
  readonly own: string;
  readonly other: string;
  /** Mean of the own over the mean of the other, or of what each misses where the metric is a share; NaN where one is not known. */
  readonly ratio: number;
  readonly difference: MetricDifference;
}

/** Each objective beside the best of the rivals by its metric. Rivals whose metric is not known in a run are worse than all others. */
export const bestRivalRows = (scenario: string, runs: readonly RunResult[]): readonly ContestRow[] =>
  OBJECTIVES.map(({ objective, metric }) => {
    const worth = (rival: string): number => {
      const mean = meanOf(metric, runsOf(runs, rival));
      return Number.isNaN(mean) ? Number.POSITIVE_INFINITY : metric.isLowerBetter ? mean : -mean;
    };
    const [best] = [...RIVALS].sort((a, b) => worth(a) - worth(b));
    return rowOf({ scenario, objective, metric, variant: nameOf(objective), against: best!, label: best! }, runs);
  });

/** Each objective beside itself without one term. */
export const termRows = (scenario: string, runs: readonly RunResult[]): readonly ContestRow[] =>
  OBJECTIVES.flatMap(({ objective, metric }) =>
    TERMS[objective].map((term) =>
      rowOf(
        {
          ...{ scenario, objective, metric, variant: nameOf(objective) },
          ...{ against: withoutName(objective, term), label: term },
        },
        runs,
      ),
    ),
  );

const rowOf = (
  of: {
    readonly scenario: string;
    readonly objective: string;
    readonly metric: Metric;
    readonly variant: string;
    readonly against: string;
    readonly label: string;
  },
  runs: readonly RunResult[],
): ContestRow => {
  const [own, other] = [runsOf(runs, of.variant), runsOf(runs, of.against)];
  const [ownMean, otherMean] = [meanOf(of.metric, own), meanOf(of.metric, other)];
  return {
    scenario: of.scenario,
    objective: of.objective,
    against: of.label,
    own: textOf(of.metric, ownMean),
    other: textOf(of.metric, otherMean),
    ratio: of.metric.isLowerBetter ? ownMean / otherMean : (1 - ownMean) / (1 - otherMean),
    difference: differenceIn(of.metric, seedPairs(own, other)),
  };
};

const runsOf = (runs: readonly RunResult[], variant: string): readonly RunResult[] =>
  runs.filter(({ key }) => key.variant === variant);

/** NaN where a run does not know it. */
const meanOf = ({ of }: Metric, runs: readonly RunResult[]): number =>
  runs.reduce((sum, { figures }) => sum + (of(figures) ?? Number.NaN), 0) / runs.length;

const textOf = (metric: Metric, mean: number): string => (Number.isNaN(mean) ? 'not known' : metricText(metric, mean));
