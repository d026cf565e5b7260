import { closeSync, mkdirSync, openSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../config-error.ts';

/**
 * Makes the folder that the user named by `option`, with its parents, and checks that files can be written there. Throws
 * `ConfigError` when not. It makes one folder at a time: the recursive call of the system's library never returns below `/proc`.
 */
export const makeFolder = (path: string, option: string): void => {
  try {
    makeEach(resolve(path));
    tryFile(join(path, `.starlane-${process.pid}`));
  } catch (error) {
    throw notWritable(path, option, error);
  }
};

/** Checks that the file that the user named by `option` can be written, and keeps its content. Throws `ConfigError` when not. */
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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of it is a file',
  EEXIST: 'it is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'that file system is read-only',
  ENOSPC: 'that disk is full',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'it holds a null character',
};

const notWritable = (path: string, option: string, error: unknown): ConfigError => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new ConfigError(
    option,
    `is ${JSON.stringify(path)}, where nothing can be written: ${REASONS[code] ?? message}`,
  );
};
