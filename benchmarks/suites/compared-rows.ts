import { mean } from '../../core/stats/quantile.ts';
import { type Paired, pairedRatio } from '../peers/paired.ts';
import type { SuiteResult, SuiteRow } from './suite-result.ts';

/** One figure here and there. */
export interface ComparedRow {
  readonly case: string;
  readonly unit: string;
  readonly here: number;
  readonly there: number;
  /** Here divided by there; null where either is not above 0. */
  readonly ratio: Paired | null;
  /** A verdict needs an interval. */
  readonly verdict: 'better' | 'worse' | 'no difference shown' | '';
}

/**
 * Every figure that both have, from the results of whole suites: those of one place in `here` and `there` were measured one after the other, so
 * that what drifts on the machine falls on both. One of each has no interval.
 */
export const comparedRows = (here: readonly SuiteResult[], there: readonly SuiteResult[]): readonly ComparedRow[] => {
  const rounds = Math.min(here.length, there.length);
  return (here[0]?.rows ?? []).flatMap((row): readonly ComparedRow[] => {
    const pairs = Array.from({ length: rounds }, (_, round) => [
      valueIn(here[round]!, row),
      valueIn(there[round]!, row),
    ]).filter((pair): pair is [number, number] => pair[0] !== null && pair[1] !== null);
    if (pairs.length === 0) return [];
    const ratio = pairs.every((pair) => pair.every((value) => value > 0)) ? pairedRatio(pairs) : null;
    return [
      {
        case: row.case,
        unit: row.unit,
        here: mean(pairs.map(([own]) => own)),
        there: mean(pairs.map(([, its]) => its)),
        ratio,
        verdict: verdictOf(ratio, row),
      },
    ];
  });
};

const valueIn = ({ rows }: SuiteResult, { case: name, unit }: SuiteRow): number | null =>
  rows.find((row) => row.case === name && row.unit === unit)?.value ?? null;

const verdictOf = (ratio: Paired | null, { isLowerBetter }: SuiteRow): ComparedRow['verdict'] => {
  if (ratio === null || ratio.low === null || ratio.high === null) return '';
  if (ratio.low <= 1 && ratio.high >= 1) return 'no difference shown';
  return ratio.high < 1 === isLowerBetter ? 'better' : 'worse';
};
