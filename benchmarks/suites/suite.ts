import type { SuiteRow } from './suite-result.ts';

/** A benchmark that `starlane bench` runs, in a process of its own. */
export interface Suite {
  readonly name: string;
  /** One sentence. */
  readonly what: string;
  /** About how long it takes by default. */
  readonly takes: string;
  /** What it needs besides Node; empty where nothing. */
  readonly needs?: string;
  /** Below the root of the project. */
  readonly script: string;
  /** Options of Node. */
  readonly nodeArgs?: readonly string[];
  /** How its rows are had; null for one that only prints. */
  readonly rows: RowsOfSuite | null;
}

/** What a suite is told so that it can be read, and how to read it. */
export interface RowsOfSuite {
  /** `folder` is an empty one for its files. */
  args(folder: string): readonly string[];
  /** From what it printed, and from the text of its files. Throws for what is no result of it. */
  read(printed: string, textOf: (file: string) => string): readonly SuiteRow[];
}
