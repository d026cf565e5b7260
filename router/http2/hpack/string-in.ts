import { huffmanDecode, huffmanDecodedAtMost, huffmanDecodePlain } from './huffman.ts';

/** The longest string whose length is one byte (RFC 7541 5.2). */
const LONGEST_BYTES = 0x7e;

const scratch = Buffer.alloc(huffmanDecodedAtMost(LONGEST_BYTES));

/**
 * How many characters the string has that begins at `from` with its length, and ends at or before `to`. -1 for one that is longer than
 * `LONGEST_BYTES`, is no string, or has characters beyond visible ASCII and inner spaces.
 */
export const plainStringLength = (block: Buffer, from: number, to: number): number => {
  if (from >= to) return -1;
  const end = stringEnd(block, from);
  if (end < 0 || end > to) return -1;
  if (!isCoded(block, from)) return isVisible(block, from + 1, end) ? inner(block, from + 1, end) : -1;
  const length = huffmanDecodePlain(block, from + 1, end, scratch);
  return length < 0 ? -1 : inner(scratch, 0, length);
};

/** Where a string ends that begins at `from` with its length; -1 where that is more than one byte. */
export const stringEnd = (block: Buffer, from: number): number => {
  const bytes = block[from]! & 0x7f;
  return bytes <= LONGEST_BYTES ? from + 1 + bytes : -1;
};

/** The string from `from` to `to`, of which `plainStringLength` is not -1. */
export const stringIn = (block: Buffer, from: number, to: number): string => {
  if (!isCoded(block, from)) return block.toString('latin1', from + 1, to);
  return scratch.toString('latin1', 0, huffmanDecode(block, from + 1, to, scratch));
};

const isCoded = (block: Buffer, from: number): boolean => (block[from]! & 0x80) !== 0;

const isVisible = (bytes: Buffer, from: number, to: number): boolean => {
  for (let at = from; at < to; at++) if (bytes[at]! < SPACE || bytes[at]! > TILDE) return false;
  return true;
};

/** How long it is; -1 where it begins or ends with a space. */
const inner = (bytes: Buffer, from: number, to: number): number =>
  from === to || (bytes[from] !== SPACE && bytes[to - 1] !== SPACE) ? to - from : -1;

const SPACE = 0x20;
const TILDE = 0x7e;
