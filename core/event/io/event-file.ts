import { closeSync, openSync, writeSync } from 'node:fs';
import type { Event } from '../event.ts';
import { eventLine } from '../event-line.ts';

/**
 * Appends events to a JSON-lines file, a buffer at a time and at least four times a second: a killed process loses little.
 * When the disk takes no more, events are counted as lost and nothing is thrown: readers of the log must check the count.
 */
export class EventFile {
  readonly #file: number;
  readonly #flushing = setInterval(() => this.flush(), FLUSH_MS).unref();
  #lines = '';
  #count = 0;
  #lost = 0;
  #isTorn = false;

  /** @throws when the file cannot be opened. */
  constructor(path: string, { append = false }: { readonly append?: boolean } = {}) {
    this.#file = openSync(path, append ? 'a' : 'w');
  }

  readonly emit = (event: Event): void => {
    this.#lines += eventLine(event);
    this.#count++;
    if (this.#lines.length > BUFFERED_CHARACTERS) this.flush();
  };

  /** How many events could not be written. */
  get lost(): number {
    return this.#lost;
  }

  flush(): void {
    if (this.#count === 0) return;
    // The disk may have taken half a line: start a new one, so that the next event is not glued to it.
    const bytes = Buffer.from(this.#isTorn ? `\n${this.#lines}` : this.#lines);
    const count = this.#count;
    this.#lines = '';
    this.#count = 0;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#file, bytes, written);
      this.#isTorn = false;
    } catch {
      this.#lost += count;
      this.#isTorn ||= written > 0;
    }
  }

  close(): void {
    clearInterval(this.#flushing);
    this.flush();
    closeSync(this.#file);
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
const FLUSH_MS = 250;
