import { ConfigError } from '../../core/config/config-error.ts';
import { traceFormat } from './format/formats.ts';
import { type LineFormat, RowMistake, type TraceRow, type WholeFormat } from './format/trace-format.ts';
import type { Trace } from './trace.ts';
import { TraceColumns } from './trace-columns.ts';
import { type TraceSource, textSource } from './trace-source.ts';
import type { TraceWindow } from './trace-window.ts';

type Window = Pick<TraceWindow, 'format' | 'fromS' | 'durationS'>;

/**
 * The rows of a trace in a window. Memory is that of the window: of a format with a row a line, what lies before and behind is not kept, and a
 * source that can seek does not read it. Throws `ConfigError` with the line of the first mistake.
 */
export const readTrace = (source: TraceSource, window: Window = {}): Trace => {
  const [comments, start] = withoutComments(source.start);
  const format = traceFormat(window.format, { start, file: source.file });
  try {
    return format.kind === 'lines'
      ? fromLines(source, format, { ...window, headLines: comments.length })
      : fromWhole(source, format, window);
  } catch (error) {
    if (!(error instanceof RowMistake)) throw error;
    throw placed(source, error.message, error.line ?? Math.max(1, source.lineNumber()));
  }
};

/** Parses the whole of a trace in memory. */
export const parseTrace = (text: string, file: string): Trace => readTrace(textSource(text, file));

const fromLines = (source: TraceSource, format: LineFormat, window: Window & { readonly headLines: number }): Trace => {
  const { fromS = 0, durationS = Number.POSITIVE_INFINITY } = window;
  const headLines = window.headLines + (format.hasHeader ? 1 : 0);
  const remarks: string[] = [];
  const columns = new TraceColumns();
  let reader = format.hasHeader ? null : format.columns('');
  let firstS = Number.NaN;
  let lastS = Number.NEGATIVE_INFINITY;
  let read = 0;
  const skip = {
    headLines: headLines + 1, // the first row, from which the window counts
    isBefore: (line: string): boolean => reader!.row(line).atS < firstS + fromS,
  };
  for (const line of source.lines(fromS === 0 ? undefined : skip)) {
    if (++read <= window.headLines) {
      remarks.push(line.replace(/^#\s*/, ''));
      continue;
    }
    if (reader === null) {
      reader = format.columns(line);
      continue;
    }
    if (line.trim() === '') continue;
    const row = reader.row(line);
    if (Number.isNaN(firstS)) firstS = row.atS;
    if (row.atS < lastS) throw new RowMistake('arrives before the row above it');
    lastS = row.atS;
    if (row.atS < firstS + fromS) continue;
    if (row.atS >= firstS + fromS + durationS) break;
    add(columns, row);
  }
  if (read <= headLines) throw placed(source, 'is missing; expected at least one request', read + 1);
  if (columns.rows === 0) throw empty(source, window, lastS - firstS);
  return columns.trace({ blockTokens: reader!.blockTokens, remarks });
};

const fromWhole = (source: TraceSource, format: WholeFormat, window: Window): Trace => {
  const { fromS = 0, durationS = Number.POSITIVE_INFINITY } = window;
  const { rows, blockTokens, remarks } = format.read(source.text());
  if (rows.length === 0) throw placed(source, 'has no request; expected at least one', 1);
  const sorted = rows.toSorted((a, b) => a.atS - b.atS);
  const firstS = sorted[0]!.atS;
  const columns = new TraceColumns();
  for (const row of sorted) {
    if (row.atS >= firstS + fromS && row.atS < firstS + fromS + durationS) add(columns, row);
  }
  if (columns.rows === 0) throw empty(source, window, sorted.at(-1)!.atS - firstS);
  return columns.trace({ blockTokens, remarks });
};

const add = (columns: TraceColumns, row: TraceRow): void => {
  columns.add(row);
  if (columns.rows > MOST_ROWS)
    throw new RowMistake(`is row ${MOST_ROWS + 1} of the window, expected a shorter one: load.trace.durationS`);
};

/** Some 250 MB in each part of a live run, which all compute the schedule. */
const MOST_ROWS = 4_000_000;

/** Comments are at the top only, each a line that starts with #. */
const withoutComments = (start: string): readonly [comments: readonly string[], start: string] => {
  const lines = start.split('\n');
  const first = lines.findIndex((line) => !line.startsWith('#'));
  return first <= 0 ? [[], start] : [lines.slice(0, first), lines.slice(first).join('\n')];
};

const placed = ({ file }: TraceSource, message: string, line: number): ConfigError =>
  new ConfigError('', message, { file, line, column: 1 });

const empty = (source: TraceSource, { fromS = 0, durationS }: Window, lastS: number): ConfigError => {
  const to = durationS === undefined ? 'on' : `to ${fromS + durationS} s`;
  return new ConfigError(
    '',
    `${source.file} has no request with a prompt and an answer from ${fromS} s ${to}, expected a window of what was read, 0 to ${Math.max(0, lastS)} s`,
  );
};
