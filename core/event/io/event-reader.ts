import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Event } from '../event.ts';

/**
 * The events of a log, one at a time. A file of any length is read in pieces. A line that is not an event (cut off by a full
 * disk or a killed process) is skipped and passed to `onTorn`. Throws when the file cannot be opened.
 */
export function* eachEvent(path: string, onTorn: () => void = () => {}): Generator<Event> {
  for (const line of linesOf(path)) {
    if (line === '') continue;
    const event = eventIn(line);
    if (event === null) onTorn();
    else yield event;
  }
}

/** All events of a log that is known to be small, such as the log of one part. */
export const readEvents = (path: string, onTorn?: () => void): Event[] => [...eachEvent(path, onTorn)];

/** The last event of a log; only the end of the file is read. Null when the log is empty or its end is not an event. */
export const lastEvent = (path: string): Event | null => {
  const file = openSync(path, 'r');
  try {
    const tail = Buffer.alloc(Math.min(LONGEST_LINE_BYTES, fstatSync(file).size));
    const bytes = readSync(file, tail, 0, tail.length, fstatSync(file).size - tail.length);
    return eventIn(tail.toString('utf8', 0, bytes).trimEnd().split('\n').at(-1)!);
  } finally {
    closeSync(file);
  }
};

const PIECE_BYTES = 1 << 18;

/** No event is this long: a longer text is not a line, and is passed on in pieces of this length. */
const LONGEST_LINE_BYTES = 1 << 20;

/** The lines of a file, also a last one without a line feed. Whole lines are decoded at a time. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let begun: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      const bytes = readSync(file, piece);
      if (bytes === 0) break;
      const end = piece.subarray(0, bytes).lastIndexOf(LINE_FEED);
      if (end >= 0) {
        yield* Buffer.concat([begun, piece.subarray(0, end)])
          .toString('utf8')
          .split('\n');
        begun = Buffer.from(piece.subarray(end + 1, bytes));
      } else {
        begun = Buffer.concat([begun, piece.subarray(0, bytes)]);
      }
      if (begun.length < LONGEST_LINE_BYTES) continue;
      yield begun.toString('utf8');
      begun = Buffer.alloc(0);
    }
    if (begun.length > 0) yield begun.toString('utf8');
  } finally {
    closeSync(file);
  }
}

const LINE_FEED = 10;

const eventIn = (line: string): Event | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Event) : null;
  } catch {
    return null;
  }
};
