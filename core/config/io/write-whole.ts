import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { diskErrorOf } from '../disk-error.ts';

/**
 * Writes a file as a whole: readers see the old text or the new one, never a part of it. Throws `DiskError` when it cannot be
 * written; what was there before is then still there. `path` must not be a pipe or a device: it would be replaced.
 */
export const writeWhole = (path: string, text: string, mode = 0o666): void => {
  // Of this write alone: another process may write the same file now, and in another container it may have the same number.
  const unfinished = `${path}.${randomUUID()}.new`;
  try {
    writeFileSync(unfinished, text, { mode });
    renameSync(unfinished, path);
  } catch (error) {
    removed(unfinished);
    throw diskErrorOf(path, error);
  }
};

const removed = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // A read-only file system has taken no byte of it.
  }
};
