import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ConfigError } from '../config-error.ts';

/** The largest file that is read at all, in bytes, unpacked: hours of probes each 10 ms. Parsers have lower limits with better messages. */
const MAX_BYTES = 256 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * The text of a file that the user named, without a byte order mark; unpacked where it is packed by gzip, whatever its name. Throws
 * `ConfigError` when the file does not exist or is too long. Pipes and devices are cut off too, although their size is not known
 * before they are read.
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
  const stored = bytesIn(path, what);
  const bytes = isPacked(stored) ? unpacked(stored, path, what) : stored;
  const text = bytes.toString(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf16le' : 'utf8'); // as Windows writes it
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
};

const BYTE_ORDER_MARK = 0xfeff;

/** Whether it begins as RFC 1952 says. */
const isPacked = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const unpacked = (bytes: Buffer, path: string, what: string): Buffer => {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(path, what);
    throw new ConfigError('', `${path} is packed by gzip and broken, expected ${what}`);
  }
};

const tooLong = (path: string, what: string): ConfigError =>
  new ConfigError('', `${path} has more than ${MAX_BYTES >> 20} MiB, too much for ${what}`);

const bytesIn = (path: string, what: string): Buffer => {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    // One piece where the size is known: a large file is not copied.
    let room = Math.min(Math.max(CHUNK_BYTES, fstatSync(file).size + 1), MAX_BYTES + 1);
    for (let bytes = 0; ; ) {
      const chunk = Buffer.allocUnsafe(room);
      const read = readSync(file, chunk);
      if (read === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      bytes += read;
      if (bytes > MAX_BYTES) throw tooLong(path, what);
      chunks.push(chunk.subarray(0, read));
      room = CHUNK_BYTES;
    }
  } finally {
    closeSync(file);
  }
};
