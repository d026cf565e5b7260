import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Event } from '../event.ts';
import { eventLine } from '../event-line.ts';

/** Appends events to a JSON-lines file, a buffer at a time and at least four times a second: a killed process loses little. */
export class EventFile {
  readonly #file: number;
  readonly #flushing = setInterval(() => this.flush(), FLUSH_MS).unref();
  #lines = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  readonly emit = (event: Event): void => {
    this.#lines += eventLine(event);
    if (this.#lines.length > BUFFERED_CHARACTERS) this.flush();
  };

  flush(): void {
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
  }

  close(): void {
    clearInterval(this.#flushing);
    this.flush();
    closeSync(this.#file);
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
const FLUSH_MS = 250;

/** The events of a log. A last line that was cut off, as by a killed process, is left out. */
export const readEvents = (path: string): Event[] => {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop(); // what follows the last line feed: nothing, or half a line
  return lines.map((line) => JSON.parse(line) as Event);
};
