import type { RunResult } from '../../report/summary-schema.ts';
import { type TInterval, tInterval } from '../../report/t-interval.ts';
import { columnOf, headingOf, type StudyColumn } from './column.ts';

/** A row with its runs, in the order of their seeds. */
export interface StudyRow {
  readonly name: string;
  readonly runs: readonly RunResult[];
}

/** A Markdown table: means over seeds with 95 % intervals, and the first column against that of the first row, seed by seed. */
export const studyTable = (rows: readonly StudyRow[], names: readonly string[]): readonly string[] => {
  const columns = names.map((name) => columnOf(name)!);
  const compared = columns[0]!;
  return markdownTable([
    ['', ...columns.map(headingOf), `${compared.what}, against the first`],
    ['---', ...columns.map(() => '---:'), '---:'],
    ...rows.map((row) => [
      titleOfRow(row),
      ...columns.map((column) => cellOf(row, column)),
      row === rows[0] ? '-' : againstText(row, rows[0]!, compared),
    ]),
  ]);
};

export const markdownTable = (cells: readonly (readonly string[])[]): readonly string[] =>
  cells.map((line) => `| ${line.join(' | ')} |`);

/** A row of which a run is not valid says so: its figures are not to be quoted. */
export const titleOfRow = ({ name, runs }: StudyRow): string => {
  const invalid = runs.filter(({ valid }) => !valid).length;
  return invalid === 0 ? name : `${name} (${invalid} of ${runs.length} runs not valid)`;
};

/** The mean of a column with its interval; null where a run has no such figure. */
export const meanOfColumn = ({ runs }: StudyRow, { of }: StudyColumn): TInterval | null => {
  const values = runs.map(({ figures }) => of(figures));
  return values.some((value) => value === null) ? null : tInterval(values as readonly number[]);
};

export const cellOf = (row: StudyRow, column: StudyColumn): string => {
  const mean = meanOfColumn(row, column);
  return mean === null ? '-' : intervalText(mean, { digits: column.digits, unit: column.unit === '%' ? '%' : '' });
};

/**
 * What a row is against another, seed by seed: the mean of the differences with its interval, in percent of the other, or in points where
 * the column is a share. Null where a run of either has no such figure.
 */
export const changeOf = (row: StudyRow, other: StudyRow, { of, unit }: StudyColumn): TInterval | null => {
  const ofSeed = new Map(other.runs.map(({ key, figures }) => [key.seed, of(figures)]));
  const changes = row.runs.map(({ key, figures }) => {
    const [own, against] = [of(figures), ofSeed.get(key.seed) ?? null];
    if (own === null || against === null) return Number.NaN;
    return unit === '%' ? own - against : 100 * (own / against - 1);
  });
  return changes.some((change) => !Number.isFinite(change)) ? null : tInterval(changes);
};

export const againstText = (row: StudyRow, other: StudyRow, column: StudyColumn): string => {
  const change = changeOf(row, other, column);
  if (change === null) return '-';
  return intervalText(change, { digits: 1, unit: column.unit === '%' ? 'points' : '%', isSigned: true });
};

/** Such as `+12.3 ± 0.4 %`. */
export const intervalText = (
  { mean, ci95 }: TInterval,
  { digits, unit, isSigned = false }: { readonly digits: number; readonly unit: string; readonly isSigned?: boolean },
): string => {
  const half = ci95 === null ? '' : ` ± ${(mean - ci95[0]).toFixed(digits)}`;
  return `${isSigned && mean > 0 ? '+' : ''}${mean.toFixed(digits)}${half}${unit === '' ? '' : ` ${unit}`}`;
};
