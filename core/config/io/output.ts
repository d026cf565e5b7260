import { closeSync, mkdirSync, openSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';
import { type DiskError, diskErrorOf, diskReason } from '../disk-error.ts';

/**
 * Makes the folder that the user named by `option`, with its parents, and checks that files can be written there. Throws
 * `ConfigError` when not, and `DiskError` when the disk is full. It makes one folder at a time: the recursive call of the system's library never returns below `/proc`.
 */
export const makeFolder = (path: string, option: string): void => {
  try {
    makeEach(resolve(path));
    tryFile(join(path, `.starlane-${process.pid}`));
  } catch (error) {
    throw notWritable(path, option, error);
  }
};

/** Checks that the file that the user named by `option` can be written, and keeps its content. Throws as `makeFolder`. */
export const checkOutput = (path: string, option: string): void => {
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    // Opening a pipe would wait for its reader.
    if (known === undefined || known.isFile() || known.isDirectory()) tryFile(path);
  } catch (error) {
    throw notWritable(path, option, error);
  }
};

const makeEach = (path: string): void => {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeEach(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (!isThere) throw error; // another process may have made it in the meantime
  }
};

const tryFile = (path: string): void => {
  const isNew = statSync(path, { throwIfNoEntry: false }) === undefined;
  closeSync(openSync(path, 'a'));
  if (isNew) unlinkSync(path);
};

/** The name of the place is the user's; that a disk is full is not. */
const notWritable = (path: string, option: string, error: unknown): ConfigError | DiskError => {
  if (OF_THE_DISK.has((error as NodeJS.ErrnoException).code ?? '')) return diskErrorOf(path, error);
  return new ConfigError(option, `is ${JSON.stringify(path)}, where nothing can be written: ${diskReason(error)}`);
};

const OF_THE_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);
