import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodedBlocks } from '../../../../router/http2/hpack/decoded-blocks.ts';
import { encodeFields } from '../../../../router/http2/hpack/hpack-encoder.ts';

test('the cache stays within its bytes, whatever comes, and keeps what comes again and again', () => {
  const decoded = new DecodedBlocks<number>(4096);
  const usualBlock = encodeFields([{ name: 'x', value: 'usual' }]);
  decoded.keep(usualBlock, 0, usualBlock.length, -1, 10);
  for (let index = 0; index < 2000; index++) {
    const value = `${index}`.padStart(3 + (index % 300), 'y');
    const block = encodeFields([{ name: 'x', value }]);
    decoded.keep(block, 0, block.length, index, 10);
    expect(decoded.bytes).toBeLessThanOrEqual(4096);
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
