import { rmSync, statSync, writeFileSync } from 'node:fs';
import { diskErrorOf } from '../../core/config/disk-error.ts';

/** Writes a file, a pipe or a device that the user named. Throws `DiskError`; no half of a file is left then. */
export const writeText = (path: string, text: string): void => {
  try {
    writeFileSync(path, text);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true });
    throw diskErrorOf(path, error);
  }
};
