import { closeSync, openSync, writeSync } from 'node:fs';
import { type DiskError, diskErrorOf } from '../../core/config/disk-error.ts';

/**
 * Writes lines to a file, a buffer at a time. When the disk takes no more, the lines that follow are left out and nothing is thrown: `fault`
 * says why.
 */
export class RequestsFile {
  readonly #path: string;
  #file: number | null = null;
  #lines = '';
  #fault: DiskError | null = null;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      this.#fault = diskErrorOf(path, error);
    }
  }

  readonly write = (line: string): void => {
    this.#lines += line;
    if (this.#lines.length > BUFFERED_CHARACTERS) this.#flush();
  };

  /** Why lines are missing; null while the disk has taken everything. */
  get fault(): DiskError | null {
    return this.#fault;
  }

  close(): void {
    this.#flush();
    if (this.#file !== null) this.#try(() => closeSync(this.#file!));
    this.#file = null;
  }

  #flush(): void {
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    if (this.#file === null || this.#fault !== null) return;
    this.#try(() => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file!, bytes, written);
    });
  }

  #try(what: () => void): void {
    try {
      what();
    } catch (error) {
      this.#fault ??= diskErrorOf(this.#path, error);
    }
  }
}

const BUFFERED_CHARACTERS = 1 << 16;
