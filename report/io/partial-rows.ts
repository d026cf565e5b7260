import { closeSync, ftruncateSync, openSync, readSync, renameSync, statSync } from 'node:fs';

/**
 * Marks a file of lines that a disk did not take whole: it gets the name `NAME.partial.csv`, and a last line that was cut off is removed. A disk
 * that is full allows both. Does nothing where there is no such file.
 */
export const markedPartial = (path: string): void => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const file = openSync(path, 'r+');
  try {
    const tail = Buffer.alloc(Math.min(LONGEST_LINE_BYTES, stat.size));
    readSync(file, tail, 0, tail.length, stat.size - tail.length);
    const end = tail.lastIndexOf(LINE_FEED);
    ftruncateSync(file, stat.size - tail.length + end + 1);
  } finally {
    closeSync(file);
  }
  renameSync(path, partialName(path));
};

/** `requests.partial.csv` of `requests.csv`. */
export const partialName = (path: string): string => path.replace(/\.csv$/, '.partial.csv');

const LONGEST_LINE_BYTES = 1 << 16;
const LINE_FEED = 10;
