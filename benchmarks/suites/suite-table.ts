import { type Column, textTable } from '../../report/text-table.ts';
import type { ComparedRow } from './compared-rows.ts';
import type { SuiteResult, SuiteRow } from './suite-result.ts';

/** A row a case, a column a unit, in the order in which they came. */
const gridOf = (
  rows: readonly SuiteRow[],
): { readonly units: readonly string[]; readonly lines: readonly (readonly string[])[] } => {
  const units = [...new Set(rows.map(({ unit }) => unit))];
  const lines = [...Map.groupBy(rows, (row) => row.case)].map(([name, of]) => [
    name,
    ...units.map((unit) => {
      const row = of.find((one) => one.unit === unit);
      return row === undefined ? '' : figureText(row.value);
    }),
  ]);
  return { units, lines };
};

/** The result for a terminal. */
export const suiteTable = (result: SuiteResult): readonly string[] => {
  const { units, lines } = gridOf(result.rows);
  return [...textTable([left(result.suite), ...units.map(right)], lines), '', conditionsOf(result)];
};

/** The same in Markdown. Cases that differ by size alone (`pick: random, N = 16`) are one row of a second table. */
export const suiteMarkdown = (result: SuiteResult): string => {
  const sized = Map.groupBy(result.rows, (row) => SIZED.test(row.case));
  return [
    ...[sized.get(false), sized.get(true)?.map(bySize)].flatMap((rows) =>
      rows === undefined ? [] : [markdownOf(rows.filter(({ unit }) => !unit.includes('p99') || sized.size === 1)), ''],
    ),
    `_${conditionsOf(result)}_`,
  ].join('\n');
};

const SIZED = /^(.*), (N = \d+)$/;

const bySize = (row: SuiteRow): SuiteRow => {
  const [, name, size] = SIZED.exec(row.case)!;
  return { ...row, case: name!, unit: `${row.unit}, ${size}` };
};

const markdownOf = (rows: readonly SuiteRow[]): string => {
  const { units, lines } = gridOf(rows);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(['case', ...units]), line(['---', ...units.map(() => '--:')]), ...lines.map(line)].join('\n');
};

/** The rows beside those of another commit or file. */
export const comparisonTable = (rows: readonly ComparedRow[], against: string): readonly string[] =>
  textTable(
    [
      left('case'),
      left('unit'),
      right('here'),
      right(against),
      right('here / there'),
      right('95 % interval'),
      left(''),
    ],
    rows.map(({ case: name, unit, here, there, ratio, verdict }) => [
      name,
      unit,
      figureText(here),
      figureText(there),
      ratio === null ? '-' : ratio.value.toFixed(3),
      ratio?.low == null || ratio.high === null ? '' : `${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}`,
      verdict,
    ]),
  );

const conditionsOf = ({ machine, loadAverage, date, commit }: SuiteResult): string =>
  `${machine}; load average ${loadAverage.map((value) => value.toFixed(1)).join(' before, ')} after; ${date.slice(0, 10)}; commit ${commit ?? 'unknown'}`;

/** Three digits, but whole numbers as they are. */
const figureText = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
  return value.toPrecision(3).includes('e') ? value.toFixed(4) : value.toPrecision(3);
};

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });
