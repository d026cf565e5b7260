import { isBound } from '../../router/pick/registry.ts';
import { isShown } from './answer.ts';
import { COLUMNS, headingOf } from './column.ts';
import {
  againstText,
  cellOf,
  changeOf,
  intervalText,
  markdownTable,
  meanOfColumn,
  type StudyRow,
  titleOfRow,
} from './study-table.ts';

/*
 * Every policy on a scenario: its table, its row of the table of all scenarios, and what both say in a sentence.
 * The best other policy is chosen after the runs, by their mean, so it is favoured; a policy of which a run is not valid or has no such
 * figure, because too few requests had a first token, is no candidate.
 */

/** The policies of the tables, in no order. The last is a bound: it knows what no router can know. */
export const CONTENDERS = [
  'random',
  'round-robin',
  'least-request',
  'peak-ewma',
  'gorgo',
  'llm-d',
  'prequal',
  'c3',
  'orca-weighted',
  'lmetric',
  'kv-overlap',
  'ring-hash',
  'priority-failover',
  'load-aware-locality',
  'ephemeris',
  'clairvoyant',
] as const;

const [OURS, BOUND] = ['ephemeris', 'clairvoyant'];

/** How many of the seeds a policy has: a bound tries each request on copies of nodes, which takes ten times as long as all else. */
export const seedsOf = (policy: string, seeds: number): number =>
  isBound(policy) ? Math.min(seeds, BOUND_SEEDS) : seeds;

const BOUND_SEEDS = 3;

type Metric = 'ttft.p99' | 'e2e.p99';

/** All policies, the one with the shortest TTFT p99 first and bounds last, each against `ephemeris`, seed by seed. */
export const policyTable = (rows: readonly StudyRow[]): readonly string[] => {
  const ours = rows.find(({ name }) => name === OURS);
  const columns = (['ttft.p50', 'ttft.p99', 'itl.p99', 'e2e.p99', 'attained', 'unanswered'] as const).map(
    (name) => COLUMNS[name],
  );
  const rank = (row: StudyRow): number => meanOfColumn(row, COLUMNS['ttft.p99'])?.mean ?? Number.MAX_VALUE;
  const ordered = rows.toSorted((a, b) => Number(isBound(a.name)) - Number(isBound(b.name)) || rank(a) - rank(b));
  return markdownTable([
    ['', ...columns.map(headingOf), `TTFT p99, against ${OURS}`],
    ['---', ...columns.map(() => '---:'), '---:'],
    ...ordered.map((row) => [
      isBound(row.name) ? `_${titleOfRow(row)}_, ${row.runs.length} seeds` : titleOfRow(row),
      ...columns.map((column) => cellOf(row, column)),
      ours === undefined || row === ours ? '-' : againstText(row, ours, COLUMNS['ttft.p99']),
    ]),
  ]);
};

export const SUMMARY_HEAD = markdownTable([
  [
    'scenario',
    'seeds',
    'best other, TTFT p99',
    'ephemeris',
    'against it',
    'clairvoyant',
    'best other, E2E p99',
    'ephemeris',
    'against it',
  ],
  ['---', '---:', '---', '---:', '---:', '---:', '---', '---:', '---:'],
]);

/** The row of a scenario in the table of all. */
export const summaryRow = (scenario: string, rows: readonly StudyRow[]): string => {
  const bound = rows.find(({ name }) => name === BOUND);
  const cells = (['ttft.p99', 'e2e.p99'] as const).map((metric) => {
    const [ours, best] = [rows.find(({ name }) => name === OURS)!, bestOther(rows, metric)];
    const column = COLUMNS[metric];
    if (best === null) return ['-', withUnit(ours, metric), '-'];
    return [`${best.name} ${withUnit(best, metric)}`, withUnit(ours, metric), againstText(ours, best, column)];
  });
  return markdownTable([
    [
      `[${scenario}](#${scenario})`,
      `${rows[0]!.runs.length}`,
      ...cells[0]!,
      bound === undefined ? '-' : withUnit(bound, 'ttft.p99'),
      ...cells[1]!,
    ],
  ])[0]!;
};

/** What the table of policies says of `ephemeris`, the best other and the bound. */
export const policySentence = (rows: readonly StudyRow[]): string => {
  const [ours, best, bestLast] = [
    rows.find(({ name }) => name === OURS)!,
    bestOther(rows, 'ttft.p99'),
    bestOther(rows, 'e2e.p99'),
  ];
  const bound = rows.find(({ name }) => name === BOUND);
  const parts = [
    best === null ? 'no other policy has a valid TTFT p99' : standing(ours, best, 'ttft.p99'),
    ...(bestLast === null ? [] : [standing(ours, bestLast, 'e2e.p99')]),
    ...(bound === undefined ? [] : [`\`${BOUND}\` reaches a TTFT p99 of ${withUnit(bound, 'ttft.p99')}`]),
  ];
  return `Of ${rows.length - (bound === undefined ? 0 : 1)} policies: ${parts.join('; ')}.`;
};

const standing = (ours: StudyRow, best: StudyRow, metric: Metric): string => {
  const change = changeOf(ours, best, COLUMNS[metric]);
  const both = `${withUnit(ours, metric)} against ${withUnit(best, metric)}`;
  const what = COLUMNS[metric].what;
  if (change === null)
    return `the shortest ${what} of the others has \`${best.name}\`, and \`${OURS}\` has no such figure`;
  const size = intervalText(change, { digits: 1, unit: '%', isSigned: true });
  if (!isShown(change))
    return `${what} of \`${OURS}\` and of \`${best.name}\`, the best other, show no difference (${both}: ${size})`;
  return `${what} of \`${OURS}\` is ${change.mean < 0 ? 'below' : 'above'} that of \`${best.name}\`, the best other (${both}: ${size})`;
};

const bestOther = (rows: readonly StudyRow[], metric: Metric): StudyRow | null => {
  const others = rows.filter(
    (row) =>
      row.name !== OURS &&
      row.name !== BOUND &&
      row.runs.every(({ valid }) => valid) &&
      meanOfColumn(row, COLUMNS[metric]) !== null,
  );
  const meanMs = (row: StudyRow): number => meanOfColumn(row, COLUMNS[metric])!.mean;
  return others.length === 0 ? null : others.reduce((best, row) => (meanMs(row) < meanMs(best) ? row : best));
};

const withUnit = (row: StudyRow, metric: Metric): string => {
  const mean = meanOfColumn(row, COLUMNS[metric]);
  return mean === null ? 'no figure' : intervalText(mean, { digits: 0, unit: 'ms' });
};
