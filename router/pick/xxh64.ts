// Hot path: 64-bit words are two signed 32-bit halves, because a BigInt is allocated for each operation.

/** A 64-bit hash: its upper and its lower half. */
export type Hash64 = Int32Array;

export const hash64 = (): Hash64 => new Int32Array(2);

/**
 * XXH64 with seed 0 of the first `length` bytes, into `hash`.
 * Source: Y. Collet, xxHash specification (doc/xxhash_spec.md of Cyan4973/xxHash), algorithm XXH64.
 */
export const xxh64 = (bytes: Uint8Array, length: number, hash: Hash64): void => {
  let at = 0;
  if (length < 32) {
    high = P5_HIGH;
    low = P5_LOW;
  } else {
    at = stripes(bytes, length);
  }
  add(0, length);
  for (; at + 8 <= length; at += 8) {
    const [keptHigh, keptLow] = [high, low];
    high = word(bytes, at + 4);
    low = word(bytes, at);
    multiply(P2_HIGH, P2_LOW);
    rotateLeft(31);
    multiply(P1_HIGH, P1_LOW);
    high ^= keptHigh;
    low ^= keptLow;
    rotateLeft(27);
    multiply(P1_HIGH, P1_LOW);
    add(P4_HIGH, P4_LOW);
  }
  if (at + 4 <= length) {
    xorProduct(word(bytes, at), P1_HIGH, P1_LOW);
    rotateLeft(23);
    multiply(P2_HIGH, P2_LOW);
    add(P3_HIGH, P3_LOW);
    at += 4;
  }
  for (; at < length; at++) {
    xorProduct(bytes[at]!, P5_HIGH, P5_LOW);
    rotateLeft(11);
    multiply(P1_HIGH, P1_LOW);
  }
  avalanche();
  hash[0] = high;
  hash[1] = low;
};

/** XXH64 of the UTF-8 of a text, into `hash`. Allocates only for texts with other letters than ASCII, or above 1024 of them. */
export const xxh64OfText = (text: string, hash: Hash64): void => {
  const length = asciiOf(text);
  if (length >= 0) {
    xxh64(ascii, length, hash);
    return;
  }
  const bytes = encoder.encode(text);
  xxh64(bytes, bytes.length, hash);
};

/** Writes the text to `ascii`, and returns its length; -1 where it does not fit or has other letters. */
const asciiOf = (text: string): number => {
  const { length } = text;
  if (length > ascii.length) return -1;
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) return -1;
    ascii[index] = unit;
  }
  return length;
};

/** Whether a comes before b as unsigned numbers. */
export const isBefore = (aHigh: number, aLow: number, bHigh: number, bLow: number): boolean =>
  aHigh === bHigh ? aLow >>> 0 < bLow >>> 0 : aHigh >>> 0 < bHigh >>> 0;

/** The word that the functions below work on. */
let high = 0;
let low = 0;

/** Four accumulators over stripes of 32 bytes; returns where the last stripe ended, and leaves their mixture. */
const stripes = (bytes: Uint8Array, length: number): number => {
  lanes.set(LANES_AT_START);
  let at = 0;
  for (; at + 32 <= length; at += 32) {
    for (let lane = 0; lane < 8; lane += 2) {
      high = word(bytes, at + lane * 4 + 4);
      low = word(bytes, at + lane * 4);
      multiply(P2_HIGH, P2_LOW);
      add(lanes[lane]!, lanes[lane + 1]!);
      rotateLeft(31);
      multiply(P1_HIGH, P1_LOW);
      lanes[lane] = high;
      lanes[lane + 1] = low;
    }
  }
  let [sumHigh, sumLow] = [0, 0];
  for (let lane = 0; lane < 8; lane += 2) {
    high = lanes[lane]!;
    low = lanes[lane + 1]!;
    rotateLeft([1, 7, 12, 18][lane / 2]!);
    add(sumHigh, sumLow);
    [sumHigh, sumLow] = [high, low];
  }
  for (let lane = 0; lane < 8; lane += 2) {
    high = lanes[lane]!;
    low = lanes[lane + 1]!;
    multiply(P2_HIGH, P2_LOW);
    rotateLeft(31);
    multiply(P1_HIGH, P1_LOW);
    high ^= sumHigh;
    low ^= sumLow;
    multiply(P1_HIGH, P1_LOW);
    add(P4_HIGH, P4_LOW);
    [sumHigh, sumLow] = [high, low];
  }
  return at;
};

const avalanche = (): void => {
  low ^= high >>> 1; // h ^= h >> 33
  multiply(P2_HIGH, P2_LOW);
  const [shiftedHigh, shiftedLow] = [high >>> 29, (low >>> 29) | (high << 3)];
  high ^= shiftedHigh;
  low ^= shiftedLow;
  multiply(P3_HIGH, P3_LOW);
  low ^= high; // h ^= h >> 32
};

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

const add = (byHigh: number, byLow: number): void => {
  const sum = (low >>> 0) + (byLow >>> 0);
  low = sum | 0;
  high = (high + byHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
};

/**
 * The lower 64 bits of the product; the upper half of low * low comes from products of 16 bits. A product of two of them and a third fit
 * into 32 bits, so that all are integers for the compiler.
 */
const multiply = (byHigh: number, byLow: number): void => {
  const [a0, a1, b0, b1] = [low & 0xffff, low >>> 16, byLow & 0xffff, byLow >>> 16];
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const carry = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  const upper = (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16)) | 0;
  high = (upper + Math.imul(high, byLow) + Math.imul(low, byHigh)) | 0;
  low = Math.imul(low, byLow);
};

const rotateLeft = (bits: number): void => {
  const kept = high;
  high = (high << bits) | (low >>> (32 - bits));
  low = (low << bits) | (kept >>> (32 - bits));
};

/** h ^= value * prime, with a value of 32 bits. */
const xorProduct = (value: number, primeHigh: number, primeLow: number): void => {
  const [keptHigh, keptLow] = [high, low];
  high = 0;
  low = value;
  multiply(primeHigh, primeLow);
  high ^= keptHigh;
  low ^= keptLow;
};

const [P1_HIGH, P1_LOW] = [0x9e3779b1 | 0, 0x85ebca87 | 0];
const [P2_HIGH, P2_LOW] = [0xc2b2ae3d | 0, 0x27d4eb4f | 0];
const [P3_HIGH, P3_LOW] = [0x165667b1 | 0, 0x9e3779f9 | 0];
const [P4_HIGH, P4_LOW] = [0x85ebca77 | 0, 0xc2b2ae63 | 0];
const [P5_HIGH, P5_LOW] = [0x27d4eb2f | 0, 0x165667c5 | 0];

/** P1 + P2, P2, 0 and -P1, each as two halves. */
const LANES_AT_START = Int32Array.of(0x60ea27ee, 0xadc0b5d6, P2_HIGH, P2_LOW, 0, 0, 0x61c8864e, 0x7a143579);
const lanes = new Int32Array(8);

const ascii = new Uint8Array(1024);
const encoder = new TextEncoder();
