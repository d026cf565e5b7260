import type { Distribution, RunFigures, RunResult } from './summary-schema.ts';
import { type Column, textTable } from './text-table.ts';

/** What each run by itself says of its percentiles, and an empty line; nothing where all runs are too short. */
export const intervalTable = (runs: readonly RunResult[]): readonly string[] => {
  const shown = COLUMNS.filter(({ of }) => runs.some(({ figures }) => of(figures) !== null));
  if (shown.length === 0) return [];
  return [
    ...textTable(
      [{ title: '95 % interval', align: 'left' }, ...shown.map(({ title }): Column => ({ title, align: 'right' }))],
      runs.map(({ key, figures }) => [key.variant, ...shown.map(({ of }) => rangeText(of(figures)))]),
    ),
    '',
  ];
};

/** What the table says, for people. */
export const intervalLegend =
  '95 % interval: what one run says of the percentile of all such runs, by blocks of time; -: the run is too short to tell.';

type Interval = NonNullable<NonNullable<Distribution['ci95']>['p50']> | null;

interface IntervalColumn {
  readonly title: string;
  readonly of: (figures: RunFigures) => Interval;
}

const COLUMNS: readonly IntervalColumn[] = [
  { title: 'TTFT p50', of: ({ ttftMs }) => ttftMs.ci95?.p50 ?? null },
  { title: 'TTFT p99', of: ({ ttftMs }) => ttftMs.ci95?.p99 ?? null },
  { title: 'E2E p50', of: ({ e2eMs }) => e2eMs.ci95?.p50 ?? null },
  { title: 'E2E p99', of: ({ e2eMs }) => e2eMs.ci95?.p99 ?? null },
  { title: 'TPOT p50', of: ({ tpotMs }) => tpotMs.ci95?.p50 ?? null },
];

const rangeText = (interval: Interval): string =>
  interval === null ? '-' : interval.map((end) => end.toFixed(end < 100 ? 1 : 0)).join(' to ');
