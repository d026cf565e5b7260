import type { RunResult } from '../../report/summary-schema.ts';
import { tInterval } from '../../report/t-interval.ts';
import { type ColumnName, columnOf, type StudyColumn } from './column.ts';

/** A row with its runs, in the order of their seeds. */
export interface StudyRow {
  readonly name: string;
  readonly runs: readonly RunResult[];
}

/** A Markdown table: means over seeds with 95 % intervals, and the first column against that of the first row, seed by seed. */
export const studyTable = (rows: readonly StudyRow[], columns: readonly ColumnName[]): readonly string[] => {
  const [first] = columns;
  const compared = columnOf(first!);
  const cells = [
    [
      '',
      ...columns.map((name) => columnOf(name).heading),
      `${compared.heading.replace(/, .*/, '')}, against the first`,
    ],
    ['---', ...columns.map(() => '---:'), '---:'],
    ...rows.map((row) => [
      nameOf(row),
      ...columns.map((name) => cellOf(row, columnOf(name))),
      againstOf(row, rows[0]!, compared),
    ]),
  ];
  return cells.map((line) => `| ${line.join(' | ')} |`);
};

/** A row of which a run is not valid says so: its figures are not to be quoted. */
const nameOf = ({ name, runs }: StudyRow): string => {
  const invalid = runs.filter(({ valid }) => !valid).length;
  return invalid === 0 ? name : `${name} (${invalid} of ${runs.length} runs not valid)`;
};

const cellOf = ({ runs }: StudyRow, { of, unit = '', digits }: StudyColumn): string => {
  const values = runs.map(({ figures }) => of(figures));
  if (values.some((value) => value === null)) return '-';
  return withInterval(values as readonly number[], { digits, unit });
};

const againstOf = (row: StudyRow, first: StudyRow, { of }: StudyColumn): string => {
  if (row === first) return '-';
  const ofSeed = new Map(first.runs.map(({ key, figures }) => [key.seed, of(figures)]));
  const changes = row.runs.map(({ key, figures }) => {
    const [own, other] = [of(figures), ofSeed.get(key.seed) ?? null];
    return own === null || other === null ? Number.NaN : 100 * (own / other - 1);
  });
  return changes.some(Number.isNaN) ? '-' : withInterval(changes, { digits: 1, unit: '%', signed: true });
};

const withInterval = (
  values: readonly number[],
  { digits, unit, signed = false }: { readonly digits: number; readonly unit: string; readonly signed?: boolean },
): string => {
  const { mean, ci95 } = tInterval(values)!;
  const half = ci95 === null ? '' : ` ± ${(mean - ci95[0]).toFixed(digits)}`;
  return `${signed && mean > 0 ? '+' : ''}${mean.toFixed(digits)}${half}${unit === '' ? '' : ` ${unit}`}`;
};
