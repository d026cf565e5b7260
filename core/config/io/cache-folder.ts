import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolder } from './output.ts';

/**
 * The user's folder for what can be computed again: `STARLANE_CACHE`, or else `starlane` in `XDG_CACHE_HOME` or `~/.cache`. It is made. Null
 * for `STARLANE_CACHE=none`, and where no file can be written: then nothing is kept.
 */
export const cacheFolder = (): string | null => {
  const { STARLANE_CACHE: own, XDG_CACHE_HOME: base } = process.env;
  if (own === 'none') return null;
  try {
    // The specification of XDG_CACHE_HOME says to pass over one that is not absolute.
    const folder = own || join(base && isAbsolute(base) ? base : join(homedir(), '.cache'), 'starlane');
    makeFolder(folder, 'STARLANE_CACHE');
    return folder;
  } catch {
    return null;
  }
};
