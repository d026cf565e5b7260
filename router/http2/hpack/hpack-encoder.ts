import { huffmanEncode, huffmanEncodedBytes } from './huffman.ts';
import { staticByName } from './static-table.ts';

/** A field of a header list: names in lower case, one character a byte. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  /** Must never be indexed, here or on the way on (RFC 7541 7.1.3). */
  readonly isSensitive?: boolean;
}

/** The most bytes that a field takes. */
export const fieldBytesAtMost = (name: string, value: string): number => name.length + value.length + OVERHEAD_BYTES;

/**
 * Writes a field into `into` from `at`, where there must be room for `fieldBytesAtMost`. Returns where it ends. It uses the static
 * table alone and adds nothing to the dynamic one, so it has no state, needs no order, and suits every peer; before the first
 * block of a connection goes `NO_DYNAMIC_TABLE`.
 */
export const encodeField = (name: string, value: string, isSensitive: boolean, into: Buffer, at: number): number => {
  const known = staticByName.get(name);
  const whole = isSensitive ? undefined : known?.byValue.get(value);
  if (whole !== undefined) return integer(whole, 0x7f, 0x80, into, at);
  const kind = isSensitive ? 0x10 : 0x00;
  let end = integer(known?.index ?? 0, 0x0f, kind, into, at);
  if (known === undefined) end = string(name, into, end);
  return string(value, into, end);
};

/** The block of a list of fields. */
export const encodeFields = (fields: readonly HeaderField[]): Buffer => {
  let most = 0;
  for (const { name, value } of fields) most += fieldBytesAtMost(name, value);
  const block = Buffer.allocUnsafe(most);
  let end = 0;
  for (const { name, value, isSensitive = false } of fields) end = encodeField(name, value, isSensitive, block, end);
  return block.subarray(0, end);
};

/**
 * Tells the peer that no block will use the dynamic table: an update of its size to 0. A peer may have asked for a smaller table than
 * the usual one, and must then hear an update with the next block (RFC 7541 4.2); 0 is below whatever it asked for.
 */
export const NO_DYNAMIC_TABLE: Buffer = Buffer.of(0x20);

/** One byte before a name and up to five for each length. */
const OVERHEAD_BYTES = 12;

/** RFC 7541 5.1: `kind` has the bits above the prefix. */
const integer = (value: number, prefix: number, kind: number, into: Buffer, at: number): number => {
  if (value < prefix) {
    into[at] = kind | value;
    return at + 1;
  }
  into[at] = kind | prefix;
  let end = at + 1;
  let rest = value - prefix;
  for (; rest >= 0x80; rest >>>= 7) into[end++] = (rest & 0x7f) | 0x80;
  into[end++] = rest;
  return end;
};

/** RFC 7541 5.2, in Huffman's code where that is shorter. */
const string = (text: string, into: Buffer, at: number): number => {
  const coded = huffmanEncodedBytes(text);
  if (coded < text.length) return huffmanEncode(text, into, integer(coded, 0x7f, 0x80, into, at));
  const from = integer(text.length, 0x7f, 0x00, into, at);
  return from + into.write(text, from, 'latin1');
};
