import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameWriter } from '../../../router/http2/frame-writer.ts';
import { SpareBuffers } from '../../../router/http2/spare-buffers.ts';

const KIB = 1 << 10;

test('a buffer is large enough, and nobody has one that somebody else has', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 << 20 })), { maxLength: 60 }), (steps) => {
      const spare = new SpareBuffers();
      const taken: Buffer[] = [];
      for (const [isTaken, bytes] of steps) {
        if (isTaken || taken.length === 0) {
          const buffer = spare.take(bytes);
          expect(buffer.length).toBeGreaterThanOrEqual(bytes);
          expect(taken.some((other) => other.buffer === buffer.buffer)).toBe(false);
          taken.push(buffer);
        } else spare.giveBack(taken.splice(bytes % taken.length, 1)[0]!);
      }
    }),
    { numRuns: 50 },
  );
});

test('one that was given back is taken again, and a foreign or a very large one is not', () => {
  const spare = new SpareBuffers();
  for (const bytes of [1, 64 * KIB, 65 * KIB, 1024 * KIB]) {
    const buffer = spare.take(bytes);
    spare.giveBack(buffer);
    expect(spare.take(bytes)).toBe(buffer);
  }
  for (const buffer of [Buffer.alloc(0), Buffer.alloc(100 * KIB), spare.take(2048 * KIB)]) {
    spare.giveBack(buffer);
    expect(spare.take(buffer.length)).not.toBe(buffer);
  }
});

test('what a writer has written stays whole while others write, until it is cleared', () => {
  const [one, other] = [new FrameWriter(), new FrameWriter()];
  const body = (byte: number): Buffer => Buffer.alloc(16_000, byte);
  for (let turn = 0; turn < 30; turn++) {
    for (const [writer, byte] of [
      [one, 1],
      [other, 2],
    ] as const)
      writer.data(1, body(byte), 0, 16_000, false);
  }
  for (const [writer, byte] of [
    [one, 1],
    [other, 2],
  ] as const) {
    const { written } = writer;
    expect(written.length).toBe(30 * 16_009);
    for (let frame = 0; frame < 30; frame++) {
      const from = frame * 16_009 + 9;
      expect(written.subarray(from, from + 16_000).equals(body(byte))).toBe(true);
    }
  }
  one.clear();
  one.clear();
  expect([one.length, other.length]).toEqual([0, 30 * 16_009]);
});
