import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from '../config-error.ts';

/** The largest file that is read at all, in bytes; parsers have lower limits, and say them better. */
const MAX_BYTES = 64 << 20;

/** The text of a file the user named, without a byte order mark. Throws `ConfigError` when there is none. */
export const readText = (path: string, what: string): string => {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw new ConfigError('', `${path} has ${(size / 1e6).toFixed(0)} MB, too large for ${what}`);
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new ConfigError('', `${path} ${reason}, expected ${what}`);
  }
};
