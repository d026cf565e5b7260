import { envelope } from './envelope.ts';

/**
 * Values over time as lines of text, two levels a line; NaN is a gap. `reference` is drawn if it is within the range.
 * Lines are at most `columns` wide.
 */
export const textPlot = (options: {
  readonly values: ArrayLike<number>;
  readonly startS: number;
  readonly endS: number;
  readonly reference?: number;
  readonly columns?: number;
  readonly rows?: number;
}): readonly string[] => {
  const { values, startS, endS, reference, columns = 80, rows = 10 } = options;
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return [];
  const range = padded(least(known), greatest(known));
  const width = columns - MARGIN;
  const levels = 2 * rows;
  const levelOf = (value: number): number =>
    Math.min(levels - 1, Math.max(0, Math.floor(((value - range.low) / (range.high - range.low)) * levels)));
  const isLit = litCells(envelope(values, width), levelOf, width);
  const referenceRow =
    reference !== undefined && reference >= range.low && reference <= range.high ? levelOf(reference) >> 1 : -1;
  const lines = Array.from({ length: rows }, (_, fromTop) => {
    const row = rows - 1 - fromTop;
    const cells = Array.from({ length: width }, (_, column) => {
      const cell = CELLS[(isLit(column, 2 * row) ? 1 : 0) + (isLit(column, 2 * row + 1) ? 2 : 0)]!;
      return cell === ' ' && row === referenceRow ? '╌' : cell;
    });
    const value = range.low + ((row + 0.5) / rows) * (range.high - range.low);
    const label = fromTop % 3 === 0 ? value.toFixed(range.high - range.low < 1 ? 3 : 2) : '';
    return `${label.padStart(MARGIN - 2)} ${label === '' ? '│' : '┤'}${cells.join('')}`.trimEnd();
  });
  return [...lines, `${' '.repeat(MARGIN - 1)}└${'─'.repeat(width)}`, timeLabels(startS, endS, width)];
};

/** Width before the cells: a label, a space and the axis. */
const MARGIN = 10;

/** Indexed by which of the two levels are filled: none, lower, upper, both. */
const CELLS = [' ', '▄', '▀', '█'];

/** A line without holes: each column also includes the level where the previous column ended. */
const litCells = (
  reaches: ReturnType<typeof envelope>,
  levelOf: (value: number) => number,
  width: number,
): ((column: number, level: number) => boolean) => {
  const low = new Int32Array(width).fill(1);
  const high = new Int32Array(width).fill(0);
  let previous = Number.NaN;
  for (const [column, { first, second }] of reaches.entries()) {
    if (!Number.isNaN(first)) {
      const levels = [first, second, ...(Number.isNaN(previous) ? [] : [previous])].map(levelOf);
      low[column] = Math.min(...levels);
      high[column] = Math.max(...levels);
    }
    previous = second;
  }
  return (column, level) => level >= low[column]! && level <= high[column]!;
};

const timeLabels = (startS: number, endS: number, width: number): string => {
  const [start, middle, end] = [startS, (startS + endS) / 2, endS].map((value) => `${Number(value.toFixed(1))} s`);
  const spare = width - start!.length - middle!.length - end!.length;
  const left = Math.floor(spare / 2);
  return `${' '.repeat(MARGIN)}${start}${' '.repeat(left)}${middle}${' '.repeat(spare - left)}${end}`;
};

const padded = (low: number, high: number): { readonly low: number; readonly high: number } => {
  const pad = high > low ? (high - low) * 0.04 : Math.max(0.05, low * 0.01);
  return { low: low - pad, high: high + pad };
};

// Spreading a long list into Math.min overflows the stack.
const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const greatest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
