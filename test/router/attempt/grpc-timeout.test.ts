import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatGrpcTimeout,
  LONGEST_TIMEOUT_BYTES,
  parseGrpcTimeout,
  writeGrpcTimeout,
} from '../../../router/attempt/grpc-timeout.ts';

test('a time-out is read in each unit of gRPC', () => {
  expect(['2H', '3M', '10S', '250m', '1500u', '2000000n'].map(parseGrpcTimeout)).toEqual([
    7_200_000, 180_000, 10_000, 250, 1.5, 2,
  ]);
});

test('a malformed value reads as null', () => {
  expect(['', '5', 'S', '-1S', '123456789S', '1s'].map(parseGrpcTimeout)).toEqual(Array(6).fill(null));
});

test('a time-out that has run out is the shortest there is', () => {
  expect(formatGrpcTimeout(-3)).toBe('1n');
});

test('a written value reads back no shorter, and longer by less than one part in 100,000', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e11, noNaN: true }), (timeoutMs) => {
      const readMs = parseGrpcTimeout(formatGrpcTimeout(timeoutMs))!;
      expect(readMs).toBeGreaterThanOrEqual(timeoutMs * (1 - 1e-12));
      expect(readMs).toBeLessThanOrEqual(timeoutMs * (1 + 1e-5) + 1e-6);
    }),
  );
});

const powers = fc.integer({ min: -6, max: 12 }).map((power) => 10 ** power);

test('it is written in bytes as in characters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double({ min: -1, max: 1e12, noNaN: true }), powers), (timeoutMs) => {
      const bytes = new Uint8Array(LONGEST_TIMEOUT_BYTES);
      const length = writeGrpcTimeout(timeoutMs, bytes);
      expect(Buffer.from(bytes.subarray(0, length)).toString()).toBe(formatGrpcTimeout(timeoutMs));
    }),
  );
});
