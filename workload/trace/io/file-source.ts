import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { readText } from '../../../core/config/io/read-text.ts';
import { START_CHARACTERS, type TraceSource, textSource, withoutReturn } from '../trace-source.ts';
import { LineCursor } from './line-cursor.ts';

/**
 * A file that is read in pieces: its size is no limit, and of a window only the window is read. What is packed, or in UTF-16, or no plain file is
 * read as a whole. Throws `ConfigError` where it cannot be read.
 */
export const fileSource = (path: string, file = path): TraceSource => {
  const start = plainStart(path);
  return start === null ? textSource(readText(path, 'a trace'), file) : new FileSource(path, file, start);
};

/** The first characters of a plain text file; null for another one, which may be missing. */
const plainStart = (path: string): string | null => {
  try {
    return withFile(path, (open) => {
      if (!fstatSync(open).isFile()) return null;
      const bytes = Buffer.alloc(START_CHARACTERS);
      const start = bytes.subarray(0, readSync(open, bytes, 0, bytes.length, 0));
      const isOther = OTHER_STARTS.some((mark) => start.subarray(0, 2).equals(mark));
      return isOther ? null : withoutMark(new StringDecoder('utf8').write(start));
    });
  } catch {
    return null;
  }
};

/** Of gzip (RFC 1952) and of UTF-16, which Windows writes. */
const OTHER_STARTS = [Buffer.from([0x1f, 0x8b]), Buffer.from([0xff, 0xfe])];

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

const withFile = <T>(path: string, use: (open: number) => T): T => {
  const open = openSync(path, 'r');
  try {
    return use(open);
  } finally {
    closeSync(open);
  }
};

class FileSource implements TraceSource {
  readonly file: string;
  readonly start: string;
  readonly #path: string;
  /** The byte from which `#given` lines were given: how many are before it is counted when somebody asks. */
  #countedFrom = 0;
  #given = 0;

  constructor(path: string, file: string, start: string) {
    this.#path = path;
    this.file = file;
    this.start = start;
  }

  *lines(skip?: Skip): Iterable<string> {
    const open = openSync(this.#path, 'r');
    try {
      this.#countedFrom = 0;
      this.#given = 0;
      let cursor = new LineCursor(open, 0);
      for (let headLeft = skip?.headLines ?? Number.POSITIVE_INFINITY; headLeft > 0; headLeft--) {
        const line = cursor.next();
        if (line === null) return;
        this.#given++;
        yield withoutMark(withoutReturn(line));
      }
      const fromByte = this.#lastBefore(open, { fromByte: cursor.offset, isBefore: skip!.isBefore });
      cursor = new LineCursor(open, fromByte);
      this.#countedFrom = fromByte;
      this.#given = 0;
      for (let line = cursor.next(); line !== null; line = cursor.next()) {
        this.#given++;
        yield withoutReturn(line);
      }
    } finally {
      closeSync(open);
    }
  }

  lineNumber(): number {
    return linesBefore(this.#path, this.#countedFrom) + this.#given;
  }

  text(): string {
    return readText(this.#path, 'a trace');
  }

  /** Where a line starts that is before what is sought, and at most `CLOSE_BYTES` before it; by halving. */
  #lastBefore(
    open: number,
    { fromByte, isBefore }: { readonly fromByte: number; isBefore(line: string): boolean },
  ): number {
    let low = fromByte;
    let high = fstatSync(open).size;
    while (high - low > CLOSE_BYTES) {
      const cursor = new LineCursor(open, Math.floor((low + high) / 2));
      cursor.next(); // the rest of a line
      const start = cursor.offset;
      const line = cursor.next();
      this.#countedFrom = start;
      this.#given = 1;
      if (line !== null && start < high && line.trim() !== '' && isBefore(withoutReturn(line))) low = start;
      else high = Math.floor((low + high) / 2);
    }
    return low;
  }
}

type Skip = NonNullable<Parameters<TraceSource['lines']>[0]>;

/** So much is read line by line in the end: it takes no longer than halving on. */
const CLOSE_BYTES = 1 << 20;

const linesBefore = (path: string, byte: number): number =>
  withFile(path, (open) => {
    const buffer = Buffer.alloc(CLOSE_BYTES);
    let lines = 0;
    for (let at = 0; at < byte; ) {
      const piece = buffer.subarray(0, readSync(open, buffer, 0, Math.min(buffer.length, byte - at), at));
      for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, end + 1)) lines++;
      if (piece.length === 0) break;
      at += piece.length;
    }
    return lines;
  });

const LINE_FEED = 0x0a;
