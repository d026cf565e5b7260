import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash64, isBefore, xxh64, xxh64OfText } from '../../../router/pick/xxh64.ts';

const hexOf = (text: string): string => {
  const hash = hash64();
  xxh64OfText(text, hash);
  return [...hash].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
};

test('hashes of texts that others have published', () => {
  expect(hexOf('')).toBe('ef46db3751d8e999');
  expect(hexOf('a')).toBe('d24ec4f1a98c6e5b');
  expect(hexOf('abc')).toBe('44bc2cf5ad770999');
  expect(hexOf('Nobody inspects the spammish repetition')).toBe('fbcea83c8a378bf1');
});

test('any bytes hash as the specification says, in arithmetic of 64 bits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), (bytes) => {
      const hash = hash64();
      xxh64(bytes, bytes.length, hash);
      expect((BigInt(hash[0]! >>> 0) << 32n) | BigInt(hash[1]! >>> 0)).toBe(specified(bytes));
    }),
  );
});

test('a text hashes as its UTF-8, whatever its letters and its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom(1, 40), (text, times) => {
      const long = text.repeat(times);
      const [hash, ofBytes] = [hash64(), hash64()];
      xxh64OfText(long, hash);
      const bytes = new TextEncoder().encode(long);
      xxh64(bytes, bytes.length, ofBytes);
      expect(hash).toEqual(ofBytes);
    }),
  );
});

test('hashes are in the order of unsigned numbers', () => {
  const halves = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(halves, halves, halves, halves, (aHigh, aLow, bHigh, bLow) => {
      const unsigned = (high: number, low: number) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      expect(isBefore(aHigh, aLow, bHigh, bLow)).toBe(unsigned(aHigh, aLow) < unsigned(bHigh, bLow));
    }),
  );
});

const [P1, P2, P3, P4, P5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
];
const word64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotated = (value: bigint, bits: bigint): bigint => word64((value << bits) | (value >> (64n - bits)));
const round = (sum: bigint, lane: bigint): bigint => word64(rotated(word64(sum + lane * P2), 31n) * P1);

const specified = (bytes: Uint8Array): bigint => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let at = 0;
  let hash = P5;
  if (length >= 32) {
    const sums = [P1 + P2, P2, 0n, -P1].map(word64);
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++) sums[lane] = round(sums[lane]!, view.getBigUint64(at + lane * 8, true));
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = word64(sums.map((sum, lane) => rotated(sum, turns[lane]!)).reduce((a, b) => a + b));
    for (const sum of sums) hash = word64((hash ^ round(0n, sum)) * P1 + P4);
  }
  hash = word64(hash + BigInt(length));
  for (; at + 8 <= length; at += 8) {
    hash = word64(rotated(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4);
  }
  if (at + 4 <= length) {
    hash = word64(rotated(hash ^ word64(BigInt(view.getUint32(at, true)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < length; at++) hash = word64(rotated(hash ^ word64(BigInt(bytes[at]!) * P5), 11n) * P1);
  hash = word64((hash ^ (hash >> 33n)) * P2);
  hash = word64((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
};
