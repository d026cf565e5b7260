import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskErrorOf } from '../../core/config/disk-error.ts';

/** A folder for one command. */
export interface TemporaryFolder {
  /** Makes a folder in it. Throws `DiskError`. */
  folder(name: string): string;
  /** Removes it, with all that is in it. It goes with the process too. */
  remove(): void;
}

/** Throws `DiskError` when it cannot be made. */
export const temporaryFolder = (): TemporaryFolder => {
  const path = made(tmpdir(), () => mkdtempSync(join(tmpdir(), 'starlane-')));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  process.on('exit', remove);
  return {
    folder: (name) => {
      const inner = join(path, name);
      made(inner, () => mkdirSync(inner));
      return inner;
    },
    remove,
  };
};

const made = <Result>(path: string, make: () => Result): Result => {
  try {
    return make();
  } catch (error) {
    throw diskErrorOf(path, error);
  }
};
