import { differenceOfValues } from '../../../report/difference.ts';
import type { Metric } from '../../../report/metric.ts';
import type { MetricDifference } from '../../../report/repetitions-schema.ts';
import { changesOf } from './candidate.ts';
import type { Dimension, Value } from './dimension.ts';
import type { SearchResult, Tried } from './search.ts';
import { type Judged, knownMean, type TuneVerdict } from './verdict.ts';

/** All that `tune.json` says. */
export interface TuneResult {
  readonly schema: 1;
  /** Whether the user stopped it before the verdict. */
  readonly partial: boolean;
  readonly valid: boolean;
  readonly scenario: string;
  readonly policy: string;
  /** In the grammar of metrics. */
  readonly objective: string;
  readonly budget: number;
  readonly simulations: number;
  /** How many of them an earlier command has simulated. */
  readonly taken: number;
  readonly trainSeeds: readonly number[];
  readonly heldOutSeeds: readonly number[];
  readonly searched: readonly Dimension[];
  /** Parameters that were not searched, and why. */
  readonly notSearched: readonly string[];
  readonly verdict: TuneVerdict | null;
  /** What `tuned.yaml` changes, by path; nothing where the values of the scenario are kept. */
  readonly changes: Readonly<Record<string, Value>>;
  /** The best where it was searched: the seeds that chose it flatter it. */
  readonly best: TriedResult & { readonly difference: MetricDifference };
  readonly heldOut: readonly Judged[];
  /** Every candidate, the best first: those under all seeds, then the others. */
  readonly candidates: readonly TriedResult[];
}

/** A candidate and its mean over the seeds of the search that it met; null where the objective is not known. */
export interface TriedResult {
  readonly changes: Readonly<Record<string, Value>>;
  readonly seeds: number;
  readonly mean: number | null;
}

type Told =
  | 'scenario'
  | 'policy'
  | 'budget'
  | 'simulations'
  | 'taken'
  | 'valid'
  | 'trainSeeds'
  | 'heldOutSeeds'
  | 'notSearched'
  | 'verdict'
  | 'heldOut';

/** The result of a search and of its judgement. */
export const tuneResult = (
  { best, usual, tried }: SearchResult,
  of: Pick<TuneResult, Told> & { readonly metric: Metric; readonly dimensions: readonly Dimension[] },
): TuneResult => {
  const { metric, dimensions, verdict, heldOut, notSearched, ...rest } = of;
  const told = ({ candidate, values }: Tried): TriedResult => ({
    changes: changesOf(dimensions, candidate),
    seeds: values.length,
    mean: knownMean(values),
  });
  const pairs = best.values.map((value, index) => [value, usual.values[index] ?? null] as const);
  return {
    schema: 1,
    partial: verdict === null,
    ...rest,
    objective: metric.name,
    searched: dimensions,
    notSearched,
    verdict,
    changes: verdict === 'tuned' ? changesOf(dimensions, best.candidate) : {},
    best: { ...told(best), difference: differenceOfValues(pairs) },
    heldOut,
    candidates: [best, ...tried.filter((one) => one !== best)].map(told),
  };
};
