// Hot path: every message of a load passes here, and no object is made of it.

/**
 * The value of a field that is a whole number, in a message of Protocol Buffers that is `bytes` from `from` to `to`: 0 where it is
 * left out, the last one where it repeats, -1 where the bytes are no message. Values are below 2^32; higher bits are left out.
 * Source: protobuf.dev, Encoding.
 */
export const varintField = (bytes: Uint8Array, from: number, to: number, field: number): number => {
  let value = 0;
  let at = from;
  while (at < to) {
    at = readVarint(bytes, at, to);
    if (at < 0) return -1;
    const tag = read;
    const wireType = tag & 7;
    if (wireType === VARINT) {
      at = readVarint(bytes, at, to);
      if (at < 0) return -1;
      if (tag >>> 3 === field) value = read;
    } else if (wireType === LENGTH) {
      at = readVarint(bytes, at, to);
      if (at < 0) return -1;
      at += read;
    } else if (wireType === FIXED_64) at += 8;
    else if (wireType === FIXED_32) at += 4;
    else return -1; // groups are of no message here
  }
  return at === to ? value : -1;
};

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH = 2;
const FIXED_32 = 5;

/** What `readVarint` read. */
let read = 0;

/** Returns where the varint ends, or -1 where it does not. */
const readVarint = (bytes: Uint8Array, from: number, to: number): number => {
  read = 0;
  const end = Math.min(to, from + LONGEST_VARINT);
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    const shift = 7 * (at - from);
    if (shift < 32) read = (read | ((byte & 0x7f) << shift)) >>> 0;
    if (byte < 0x80) return at + 1;
  }
  return -1;
};

const LONGEST_VARINT = 10;
