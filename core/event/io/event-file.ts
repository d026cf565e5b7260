import { closeSync, openSync, writeSync } from 'node:fs';
import { type DiskError, diskErrorOf } from '../../config/disk-error.ts';
import type { Event } from '../event.ts';
import { eventLine } from '../event-line.ts';

export interface EventFileOptions {
  /** Keeps what is in the file already. */
  readonly append?: boolean;
  /** Called once, with the first events that the disk did not take. */
  readonly onFault?: (fault: DiskError) => void;
  /** Writes a part of some bytes, and returns how many; that of the system by default. */
  readonly write?: (file: number, bytes: Buffer, from: number) => number;
}

/**
 * Appends events to a JSON-lines file, a buffer at a time and at least four times a second: a killed process loses little.
 * When the disk takes no more, events are counted as lost and nothing is thrown: readers of the log must check the count, and
 * `fault` says why.
 */
export class EventFile {
  readonly #file: number;
  readonly #flushing: NodeJS.Timeout;
  #lines = '';
  #count = 0;
  #lost = 0;
  #isTorn = false;
  readonly #path: string;
  readonly #onFault: (fault: DiskError) => void;
  readonly #write: NonNullable<EventFileOptions['write']>;
  #fault: DiskError | null = null;

  /** Throws `DiskError` when the file cannot be opened. */
  constructor(path: string, { append = false, onFault = () => {}, write = writeSync }: EventFileOptions = {}) {
    this.#path = path;
    this.#onFault = onFault;
    this.#write = write;
    try {
      this.#file = openSync(path, append ? 'a' : 'w');
    } catch (error) {
      throw diskErrorOf(path, error);
    }
    this.#flushing = setInterval(() => this.flush(), FLUSH_MS).unref();
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

  /** Why the first lost events were lost; null while the disk has taken everything. */
  get fault(): DiskError | null {
    return this.#fault;
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
      while (written < bytes.length) written += this.#write(this.#file, bytes, written);
      this.#isTorn = false;
    } catch (error) {
      this.#lost += count;
      this.#isTorn ||= written > 0;
      this.#fail(error);
    }
  }

  close(): void {
    clearInterval(this.#flushing);
    this.flush();
    try {
      closeSync(this.#file);
    } catch (error) {
      this.#fail(error); // a network file system may tell only now that it could not write
    }
  }

  #fail(error: unknown): void {
    if (this.#fault !== null) return;
    this.#fault = diskErrorOf(this.#path, error);
    this.#onFault(this.#fault);
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
const FLUSH_MS = 250;
