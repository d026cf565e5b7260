import { mean } from '../../../core/stats/quantile.ts';
import { differenceOfValues } from '../../../report/difference.ts';
import type { Metric } from '../../../report/metric.ts';
import type { MetricDifference } from '../../../report/repetitions-schema.ts';

/** The tuned values beside those of the scenario, on seeds that the search has not seen. */
export interface HeldOut {
  /** The file of the scenario. */
  readonly file: string;
  readonly seeds: readonly number[];
  /** The objective under each seed; null where it is not known. */
  readonly usual: readonly (number | null)[];
  readonly tuned: readonly (number | null)[];
}

/** What came of one scenario: means, and the tuned values minus the usual ones, seed by seed. */
export interface Judged {
  readonly file: string;
  readonly seeds: number;
  readonly usualMean: number | null;
  readonly tunedMean: number | null;
  readonly difference: MetricDifference;
  readonly standing: 'better' | 'worse' | 'none-shown' | 'not-known';
}

export const judgedHeldOut = ({ isLowerBetter }: Metric, { file, seeds, usual, tuned }: HeldOut): Judged => {
  const difference = differenceOfValues(tuned.map((value, index) => [value, usual[index]!]));
  return {
    file,
    seeds: seeds.length,
    usualMean: knownMean(usual),
    tunedMean: knownMean(tuned),
    difference,
    standing: standingOf(difference, isLowerBetter),
  };
};

/** Fewer seeds than a verdict needs are refused before the search. */
const standingOf = ({ verdict }: MetricDifference, isLowerBetter: boolean): Judged['standing'] => {
  if (verdict === 'none-shown') return verdict;
  if (verdict !== 'lower' && verdict !== 'higher') return 'not-known';
  return (verdict === 'lower') === isLowerBetter ? 'better' : 'worse';
};

/** A mean over the seeds in which the objective is known would flatter. */
export const knownMean = (values: readonly (number | null)[]): number | null =>
  values.length === 0 || values.includes(null) ? null : mean(values as number[]);

/** What becomes of the values that the search has found. */
export type TuneVerdict =
  /** Better on seeds that the search has not seen, and worse in no scenario that was held out. */
  | 'tuned'
  /** Nothing was better where it was searched. */
  | 'nothing-found'
  /** Better there, and not shown to be better on held-out seeds. */
  | 'overfit'
  /** Better on the held-out seeds of its own scenario, and worse in another one. */
  | 'worse-elsewhere';

/**
 * The verdict by the scenario itself, the first, and others that were held out. One comparison decides, so a gain where there is none is claimed in 1 of 40
 * cases: that of a 95 % interval to one side. The other scenarios can only take it back.
 */
export const tuneVerdict = (of: readonly Judged[]): TuneVerdict => {
  const [own, ...others] = of;
  if (own === undefined) return 'nothing-found';
  if (own.standing !== 'better') return 'overfit';
  return others.some(({ standing }) => standing === 'worse') ? 'worse-elsewhere' : 'tuned';
};
