import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodedBlocks } from '../../../../router/http2/hpack/decoded-blocks.ts';
import { EncodedBlocks } from '../../../../router/http2/hpack/encoded-blocks.ts';
import { encodeFields } from '../../../../router/http2/hpack/hpack-encoder.ts';

test('a list that was encoded is not encoded again, and another one never has its block', () => {
  const blocks = new EncodedBlocks(10_000);
  const list = [
    { name: ':status', value: '200' },
    { name: 'content-type', value: 'application/grpc' },
  ];
  expect(blocks.of(list)).toBe(blocks.of(structuredClone(list)));
  const lists = fc.array(fc.record({ name: fc.constantFrom('a', 'ab', 'b'), value: fc.constantFrom('', 'a', 'b') }));
  fc.assert(
    fc.property(lists, (fields) => {
      expect(blocks.of(fields)).toEqual(encodeFields(fields));
    }),
  );
});

test('a list with a sensitive field is not kept', () => {
  const blocks = new EncodedBlocks(10_000);
  const list = [{ name: 'authorization', value: 'secret', isSensitive: true }];
  expect(blocks.of(list)).not.toBe(blocks.of(list));
  expect(blocks.bytes).toBe(0);
});

test('both caches stay within their bytes, whatever comes, and keep what comes again and again', () => {
  const encoded = new EncodedBlocks(4096);
  const decoded = new DecodedBlocks<number>(4096);
  const usual = [{ name: 'x', value: 'usual' }];
  const usualBlock = encodeFields(usual);
  const kept = encoded.of(usual);
  decoded.keep(usualBlock, 0, usualBlock.length, -1, 10);
  for (let index = 0; index < 2000; index++) {
    const value = `${index}`.padStart(3 + (index % 300), 'y');
    const block = encodeFields([{ name: 'x', value }]);
    encoded.of([{ name: 'x', value }]);
    decoded.keep(block, 0, block.length, index, 10);
    expect(encoded.bytes).toBeLessThanOrEqual(4096);
    expect(decoded.bytes).toBeLessThanOrEqual(4096);
    expect(encoded.of(usual)).toBe(kept);
    expect(decoded.find(usualBlock, 0, usualBlock.length)).toBe(-1);
  }
});

test('a block is found by all its bytes, in any buffer, and by no others', () => {
  const blocks = new DecodedBlocks<string>(100_000);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(19), (bytes, at) => {
      const block = Buffer.from(bytes);
      blocks.keep(block, 0, block.length, block.toString('hex'), 20);
      const inside = Buffer.concat([Buffer.of(1, 2), block, Buffer.of(3)]);
      expect(blocks.find(inside, 2, 2 + block.length)).toBe(block.toString('hex'));
      const other = Buffer.from(block);
      other[at % other.length]! ^= 1;
      expect(blocks.find(other, 0, other.length)).not.toBe(block.toString('hex'));
      block.fill(0); // the buffer of a socket is used again
      expect(blocks.find(inside, 2, 2 + bytes.length)).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});
