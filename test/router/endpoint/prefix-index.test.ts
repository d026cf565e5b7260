import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PrefixIndex } from '../../../router/endpoint/prefix-index.ts';

test('counts the blocks from the first that the node has, and stops at one that it has not', () => {
  const index = new PrefixIndex(100);
  index.add(Float64Array.of(1, 2, 3), 7);
  index.add(Float64Array.of(1, 2, 9), 8);
  const prompt = Float64Array.of(1, 2, 3, 4);
  expect([7, 8, 9].map((node) => index.blocksAt(prompt, node))).toEqual([3, 2, 0]);
  expect(index.bestNode(prompt)).toBe(7);
  expect(index.blocksAt(Float64Array.of(2, 3), 7)).toBe(2);
  expect(index.bestNode(Float64Array.of(4))).toBe(-1);
  expect(index.bestNode(new Float64Array(0))).toBe(-1);
});

test('a prompt that was followed before is followed again after a change', () => {
  const index = new PrefixIndex(100);
  const prompt = Float64Array.of(1, 2);
  expect(index.blocksAt(prompt, 0)).toBe(0);
  index.add(prompt, 0);
  expect(index.blocksAt(prompt, 0)).toBe(2);
});

test('forgets the blocks that were longest in no prompt, of one prompt the last first', () => {
  const index = new PrefixIndex(4);
  index.add(Float64Array.of(1, 2, 3), 0);
  index.add(Float64Array.of(4, 5), 0); // one too many: 3 goes
  expect(index.blocksAt(Float64Array.of(1, 2, 3), 0)).toBe(2);
  index.add(Float64Array.of(1, 2), 0); // used again, so 5 and then 4 go first
  index.add(Float64Array.of(6), 0);
  expect(index.blocksAt(Float64Array.of(1, 2), 0)).toBe(2);
  expect(index.blocksAt(Float64Array.of(4, 5), 0)).toBe(1);
  expect(index.size).toBe(4);
});

test('of many nodes that have a block the latest eight are remembered', () => {
  const index = new PrefixIndex(10);
  const prompt = Float64Array.of(1);
  for (let node = 0; node < 20; node++) index.add(prompt, node);
  index.add(prompt, 12); // again, and now the latest
  const known = Array.from({ length: 20 }, (_, node) => node).filter((node) => index.blocksAt(prompt, node) === 1);
  expect(known).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
});

test('says what a list of blocks with a limit says, whatever comes', () => {
  const prompts = fc.array(
    fc.record({ blocks: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), node: fc.nat(3) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(prompts, fc.integer({ min: 1, max: 12 }), (sent, capacity) => {
      const index = new PrefixIndex(capacity);
      const blocks = new Map<number, Set<number>>(); // a chained hash stands for its block and all before it; the latest is last
      for (const { blocks: drawn, node } of sent) {
        const prefix = drawn.map((_, end) => Number(drawn.slice(0, end + 1).join('')));
        index.add(Float64Array.from(prefix), node);
        for (const hash of prefix.slice(0, capacity).reverse()) {
          const nodes = blocks.get(hash) ?? new Set();
          blocks.delete(hash);
          blocks.set(hash, nodes.add(node));
          if (blocks.size > capacity) blocks.delete(blocks.keys().next().value!);
        }
        const into = Float64Array.of(9, 9, 9, 9);
        const isAny = index.allBlocksAt(Float64Array.from(prefix), Uint32Array.of(3, 0, 2, 40), 4, into);
        const each = [3, 0, 2, 40].map((asked) => index.blocksAt(Float64Array.from(prefix), asked));
        expect(isAny ? [...into] : [0, 0, 0, 0]).toEqual(each);
        for (const asked of [0, 1, 2, 3]) {
          const missing = prefix.findIndex((hash) => blocks.get(hash)?.has(asked) !== true);
          expect(index.blocksAt(Float64Array.from(prefix), asked)).toBe(missing < 0 ? prefix.length : missing);
        }
      }
      expect(index.size).toBe(blocks.size);
    }),
  );
});
