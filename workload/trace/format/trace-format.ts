/** One request of a published trace. */
export interface TraceRow {
  /** On the clock of the trace, in seconds. */
  readonly atS: number;
  /** 0 where the publisher says so: such a row is left out and counted. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly session?: string;
  /** A number for each block of the prompt, equal where all tokens up to the end of the block are equal. */
  readonly blocks?: readonly number[];
}

interface AnyFormat {
  /** What `load.trace.format` calls it. */
  readonly name: string;
  /** What it is, for messages. */
  readonly what: string;
  /** Whether a file is one, from its first lines, without comments. */
  recognises(start: string): boolean;
}

/** A request a line, in order of arrival: a window is found by halving, and read alone. */
export interface LineFormat extends AnyFormat {
  readonly kind: 'lines';
  readonly hasHeader: boolean;
  /** How rows are read; `header` is empty for a format without one. Throws `RowMistake`. */
  columns(header: string): RowReader;
}

export interface RowReader {
  /** Tokens in a block of a prompt; null where rows tell of none. */
  readonly blockTokens: number | null;
  /** Throws `RowMistake`. */
  row(line: string): TraceRow;
}

/** A file that is read as a whole: its rows may be in any order, and anywhere. */
export interface WholeFormat extends AnyFormat {
  readonly kind: 'whole';
  /** Throws `RowMistake` with the line. */
  read(text: string): WholeTrace;
}

export interface WholeTrace {
  readonly rows: readonly TraceRow[];
  readonly blockTokens: number | null;
  readonly remarks: readonly string[];
}

export type TraceFormat = LineFormat | WholeFormat;

/** What is wrong with a row; whoever knows the file adds the place. */
export class RowMistake extends Error {
  override readonly name = 'RowMistake';
  /** Undefined where it is the line that is being read. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}
