import { columnOf } from './column.ts';
import type { ScenarioStudy } from './study.ts';
import { changeOf, intervalText, meanOfColumn, type StudyRow } from './study-table.ts';

/** The answer to the question of a scenario: one sentence, whose words follow from the figures. Null where the study asks for none. */
export const answerOf = ({ answer }: ScenarioStudy, rows: readonly StudyRow[]): string | null => {
  if (answer.length === 0) return null;
  const rowOf = (name: string): StudyRow => {
    const row = rows.find((one) => one.name === name);
    if (row === undefined) throw new Error(`there is no row "${name}"`);
    return row;
  };
  const parts = answer.flatMap(({ row, against, by }) =>
    by.map((name) => comparisonText(rowOf(row), against === undefined ? rows[0]! : rowOf(against), name)),
  );
  const sentence = parts.join('; ');
  return `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`;
};

/** Such as `TTFT p99 is 10.1 ± 2.0 % less with lasers than with fibre (236 against 262 ms)`. */
const comparisonText = (row: StudyRow, other: StudyRow, name: string): string => {
  const column = columnOf(name)!;
  const [own, against, change] = [meanOfColumn(row, column), meanOfColumn(other, column), changeOf(row, other, column)];
  const between = `**${row.name}** and **${other.name}**`;
  if ([row, other].some(({ runs }) => runs.some(({ valid }) => !valid))) {
    return `${column.what} of ${between} is not to be compared, because runs are not valid`;
  }
  if (own === null || against === null || change === null) return `${column.what} of ${between} has no figure`;
  const unit = column.unit === '%' ? 'points' : '%';
  const figures =
    `${own.mean.toFixed(column.digits)} against ${against.mean.toFixed(column.digits)} ${column.unit}`.trim();
  if (!isShown(change)) {
    const signed = intervalText(change, { digits: 1, unit, isSigned: true });
    return `${column.what} shows no difference between ${between} (${figures}: ${signed})`;
  }
  const size = intervalText(absolute(change), { digits: 1, unit });
  return `${column.what} is ${size} ${change.mean < 0 ? 'less' : 'more'} with **${row.name}** than with **${other.name}** (${figures})`;
};

type Change = NonNullable<ReturnType<typeof changeOf>>;

/** Whether its interval leaves out 0. */
export const isShown = ({ ci95 }: Change): boolean => ci95 !== null && (ci95[0] > 0 || ci95[1] < 0);

const absolute = ({ mean, ci95 }: Change): Change =>
  mean >= 0 ? { mean, ci95 } : { mean: -mean, ci95: ci95 === null ? null : [-ci95[1], -ci95[0]] };
