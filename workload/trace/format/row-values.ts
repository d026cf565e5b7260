import { quotedValue } from '../../../core/text/text-lines.ts';
import { RowMistake } from './trace-format.ts';

/** A count of tokens in a cell. */
export const tokensInCell = (cell: string, column: string): number =>
  tokenCount(cell === '' ? cell : Number(cell), column, cell);

/** A count of tokens, from a parsed value; `shown` is what the file says. */
export const tokenCount = (value: unknown, column: string, shown: unknown = value): number => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MOST_TOKENS) {
    throw new RowMistake(`${has(column, shown)}, expected a whole number of tokens`);
  }
  return value;
};

/** An instant or a duration, from a parsed value. */
export const timeValue = (value: unknown, key: string, unit: string): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new RowMistake(`${has(key, value)}, expected a number of ${unit}`);
  }
  return value;
};

/** What a row has at a key, in words. */
export const has = (key: string, value: unknown): string =>
  value === undefined ? `has no ${key}` : `has ${key} ${quotedValue(value)}`;

/** The object that a line of JSON Lines is. */
export const objectIn = (line: string): Readonly<Record<string, unknown>> => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RowMistake(`is ${quotedValue(line)}, expected a JSON object`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new RowMistake(`is ${quotedValue(line)}, expected a JSON object`);
  return value as Readonly<Record<string, unknown>>;
};

/** Whether the first line of a file is a JSON object with all those keys and none of these. */
export const startsWithObject = (
  start: string,
  keys: readonly string[],
  otherKeys: readonly string[] = [],
): boolean => {
  const line = start.trimStart().split('\n', 1)[0]!;
  const has = (key: string): boolean => line.includes(`"${key}"`);
  return line.startsWith('{') && keys.every(has) && !otherKeys.some(has);
};

const MOST_TOKENS = 2 ** 31 - 1;
