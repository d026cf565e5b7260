import { ConfigError } from '../../../core/config/config-error.ts';
import type { MistakeAt } from '../../../core/text/text-lines.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { Recording } from './trace-link.ts';

/** What an importer is told beside the text. */
export interface ImportOptions {
  /** The name of the file, for messages. */
  readonly file: string;
  /** How long a state lasts; null leaves it to the format. */
  readonly windowMs: Ms | null;
  /** No message crosses the path in less: light over the great circle. 0 where the distance is not known. */
  readonly leastOneWayUs: number;
}

/** A path as it was measured. `up` leads away from who measured. */
export interface Imported {
  readonly up: Recording;
  readonly down: Recording;
  /** What to know of it, a line each: assumptions that were made, and how much was lost. */
  readonly remarks: readonly string[];
}

/** A format of recorded links. */
export interface Importer {
  /** What a scenario calls it. */
  readonly name: string;
  /** What it is, for messages: `a log of ping`. */
  readonly what: string;
  /** Whether a text looks like it. `start` is up to its first 64 KiB. */
  recognises(start: string, text: string): boolean;
  /** @throws ConfigError with the line of the first mistake. */
  read(text: string, options: ImportOptions): Imported;
}

/** Mistakes in `file`. */
export const mistakesIn =
  (file: string): MistakeAt =>
  (line, message) =>
    new ConfigError('', message, { file, line, column: 1 });

/** The first lines of a text that say something, trimmed: no byte order mark, no blank lines, no comments. */
export const tellingLines = (start: string): readonly string[] =>
  start
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
