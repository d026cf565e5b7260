import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskErrorOf } from '../../core/config/disk-error.ts';

/**
 * Makes a folder for one command, and returns it with what removes it. It goes with the process too. Throws `DiskError` when it
 * cannot be made.
 */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  let path: string;
  try {
    path = mkdtempSync(join(tmpdir(), 'starlane-'));
  } catch (error) {
    throw diskErrorOf(tmpdir(), error);
  }
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  process.on('exit', remove);
  return { path, remove };
};
