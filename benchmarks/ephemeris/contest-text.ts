import type { ContestRow } from './contest.ts';

/** A Markdown page: `ephemeris` beside its best rival under each objective, and beside itself without each term. */
export const contestText = (of: {
  readonly rivals: readonly ContestRow[];
  readonly terms: readonly ContestRow[];
  /** Machine, date and command, a line. */
  readonly conditions: string;
  readonly repeat: number;
}): string =>
  [
    '# ephemeris beside others, and beside itself',
    '',
    'Written by `npm run bench:ephemeris`. Each objective is judged by its own metric: p99 TTFT, p99 E2E, and the share of requests that keep their',
    `objectives. Means over ${of.repeat} seeds; differences are of the same seeds, so of the same schedules and links, with their 95 % interval.`,
    '',
    `_${of.conditions}_`,
    '',
    '## Beside the best other policy',
    '',
    'The best of its rivals by that metric in that scenario: it was chosen after the runs, so it is favoured. Ratio and difference are those of `ephemeris`',
    'to it; for objectives kept, the ratio is that of the requests that miss them. A scenario asks its question in its first line: [scenarios/](scenarios/).',
    '',
    ...table(of.rivals, ['scenario', 'objective', 'ephemeris', 'best other', '', 'ratio', 'difference']),
    '',
    '## What each term is worth',
    '',
    '`ephemeris` with all its terms, beside itself without one (`without: [term]`). A difference that favours it says what the term is worth there.',
    '',
    ...table(of.terms, ['scenario', 'objective', 'with', 'without', '', 'ratio', 'difference']),
    '',
  ].join('\n');

const table = (rows: readonly ContestRow[], head: readonly string[]): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `| --- | --- | ---: | --- | ---: | ---: | --- |`,
  ...rows.map(
    ({ scenario, objective, against, own, other, ratio, difference }) =>
      `| ${[scenario, objective, own, against, other, Number.isNaN(ratio) ? '-' : ratio.toFixed(2), differenceCell(difference)].join(' | ')} |`,
  ),
];

const differenceCell = ({ mean, ci95, verdict }: ContestRow['difference']): string => {
  if (mean === null || ci95 === null) return 'not known in every run';
  const size = Math.max(Math.abs(mean), Math.abs(ci95[0]), Math.abs(ci95[1]));
  const digits = size < 1 ? 4 : 0;
  const [low, high] = ci95;
  return `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})${verdict === 'none-shown' ? ': none shown' : ''}`;
};
