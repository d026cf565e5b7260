import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError } from '../config-error.ts';

/** The largest file that is read at all, in bytes. Parsers have lower limits with better messages. */
const MAX_BYTES = 64 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * The text of a file that the user named, without a byte order mark. Throws `ConfigError` when the file does not exist or is too
 * long. Pipes and devices are cut off too, although their size is not known before they are read.
 */
export const readText = (path: string, what: string): string => {
  try {
    return textIn(path, what);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new ConfigError('', `${path} ${reason}, expected ${what}`);
  }
};

const textIn = (path: string, what: string): string => {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(file, chunk);
      if (read === 0)
        return Buffer.concat(chunks)
          .toString('utf8')
          .replace(/^\uFEFF/, '');
      bytes += read;
      if (bytes > MAX_BYTES)
        throw new ConfigError('', `${path} has more than ${MAX_BYTES >> 20} MiB, too much for ${what}`);
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
};
