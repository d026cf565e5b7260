import { readSync } from 'node:fs';
import { RowMistake } from '../format/trace-format.ts';

/** The lines of an open file, from a byte on, in pieces of a megabyte. */
export class LineCursor {
  readonly #open: number;
  #buffer = Buffer.alloc(1 << 20);
  /** Of `#buffer`, what is read and not yet given. */
  #from = 0;
  #to = 0;
  #nextByte: number;

  constructor(open: number, fromByte: number) {
    this.#open = open;
    this.#nextByte = fromByte;
  }

  /** Where the line starts that `next` gives. */
  get offset(): number {
    return this.#nextByte - (this.#to - this.#from);
  }

  /** The next line without `\n`; null at the end of the file. Throws `RowMistake` for one of more than 64 MiB. */
  next(): string | null {
    let end = this.#buffer.subarray(0, this.#to).indexOf(LINE_FEED, this.#from);
    while (end === -1) {
      const searchedTo = this.#to - this.#from;
      if (!this.#readMore()) {
        if (this.#from === this.#to) return null;
        end = this.#to;
        break;
      }
      end = this.#buffer.subarray(0, this.#to).indexOf(LINE_FEED, this.#from + searchedTo);
    }
    const line = this.#buffer.toString('utf8', this.#from, end);
    this.#from = Math.min(end + 1, this.#to);
    return line;
  }

  #readMore(): boolean {
    this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    if (this.#to === this.#buffer.length) {
      if (this.#to >= LONGEST_LINE) throw new RowMistake('has more than 64 MiB, expected a request a line');
      this.#buffer = Buffer.concat([this.#buffer], 2 * this.#buffer.length);
    }
    const read = readSync(this.#open, this.#buffer, this.#to, this.#buffer.length - this.#to, this.#nextByte);
    this.#to += read;
    this.#nextByte += read;
    return read > 0;
  }
}

const LINE_FEED = 0x0a;
const LONGEST_LINE = 64 << 20;
