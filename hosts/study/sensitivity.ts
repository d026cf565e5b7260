import { mean } from '../../core/stats/quantile.ts';
import { differenceIn, seedPairs } from '../../report/difference.ts';
import type { Metric } from '../../report/metric.ts';
import type { MetricDifference } from '../../report/repetitions-schema.ts';
import type { RunResult, Summary } from '../../report/summary-schema.ts';

/** How the winner stands to the best of the other policies. */
export type WinnerStanding = 'ahead' | 'none-shown' | 'behind' | 'too-few-seeds' | 'not-known';

/** The winner of a scenario beside the others, under one set of assumptions. */
export interface Contest {
  readonly winner: string;
  /** The best of the other policies. */
  readonly rival: string;
  /** The mean of the metric over the seeds, by policy; null where it is not known in each of them. */
  readonly means: Readonly<Record<string, number | null>>;
  /** The winner minus the rival, seed by seed. */
  readonly difference: MetricDifference;
  readonly standing: WinnerStanding;
  readonly valid: boolean;
}

/** The policy with the best mean; the first of them where several have it, and where none is known. */
export const winnerOf = (summary: Summary, metric: Metric): string => bestOf(meansOf(summary, metric), metric);

/** How `winner` stands in `summary`, which has two policies or more. */
export const contestOf = (summary: Summary, winner: string, metric: Metric): Contest => {
  const means = meansOf(summary, metric);
  const { [winner]: _own, ...others } = means;
  const rival = bestOf(others, metric);
  const runsOf = (policy: string): readonly RunResult[] => summary.runs.filter(({ key }) => key.variant === policy);
  const difference = differenceIn(metric, seedPairs(runsOf(winner), runsOf(rival)));
  return { winner, rival, means, difference, standing: standingOf(difference, metric), valid: summary.valid };
};

const standingOf = ({ verdict }: MetricDifference, { isLowerBetter }: Metric): WinnerStanding => {
  if (verdict === 'lower') return isLowerBetter ? 'ahead' : 'behind';
  if (verdict === 'higher') return isLowerBetter ? 'behind' : 'ahead';
  return verdict;
};

const meansOf = ({ runs }: Summary, metric: Metric): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    [...Map.groupBy(runs, ({ key }) => key.variant)].map(([policy, of]) => {
      const values = of.map(({ figures }) => metric.of(figures));
      return [policy, values.includes(null) ? null : mean(values as number[])];
    }),
  );

/** A policy whose metric is not known, because too many of its requests have no answer, is worse than any other. */
const bestOf = (means: Readonly<Record<string, number | null>>, { isLowerBetter }: Metric): string => {
  const costOf = (value: number | null): number =>
    value === null ? Number.POSITIVE_INFINITY : isLowerBetter ? value : -value;
  return Object.entries(means).reduce((best, one) => (costOf(one[1]) < costOf(best[1]) ? one : best))[0];
};
