import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BlockHolder, blocksOf, KvCache } from '../../../../services/node/engine/kv-cache.ts';
import { prefixHashes } from '../../../../services/node/engine/prefix.ts';

const holderOf = (key?: string, tokens = 400): BlockHolder => ({
  prefix: key === undefined ? new Float64Array(0) : prefixHashes([{ key, tokens }], tokens),
  table: [],
  ownBlocks: 0,
  published: 0,
});

describe('the KV cache', () => {
  test('hands out whole blocks of 16 tokens', () => {
    const cache = new KvCache(100);
    const holder = holderOf();
    expect(cache.blocks).toBe(6);
    expect(cache.grow(holder, 17)).toBe(true);
    expect([blocksOf(holder), cache.freeBlocks]).toEqual([2, 4]);
    expect(cache.grow(holder, 32)).toBe(true);
    expect(blocksOf(holder)).toBe(2);
  });

  test('changes nothing when it cannot give all requested blocks', () => {
    const cache = new KvCache(64);
    const holder = holderOf();
    cache.grow(holder, 16);
    expect(cache.grow(holder, 65)).toBe(false);
    expect([blocksOf(holder), cache.freeBlocks, cache.usage]).toEqual([1, 3, 0.25]);
    const other = holderOf();
    expect(cache.reuse(other, 49)).toBe(-1);
    expect(other.table).toEqual([]);
  });

  test('takes never used blocks first, then those unused longest, the end of a sequence before its beginning', () => {
    const cache = new KvCache(8 * 16);
    for (const key of ['a', 'b']) {
      const holder = holderOf(key, 32);
      cache.grow(holder, 3 * 16);
      cache.release(holder);
    }
    const taker = holderOf();
    const found = (key: string): number => {
      const copy = cache.copy();
      copy.release({ ...taker });
      return copy.reuse(holderOf(key), 33);
    };
    const after = (tokens: number): number[] => {
      cache.grow(taker, tokens);
      return [found('a'), found('b')];
    };
    // In order: two that were never used, then a third, a second and a first block of `a`, and the same of `b`.
    const order = [1, 2, 3, 4, 5, 6, 7, 8].map((blocks) => after(blocks * 16));
    expect(order).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
      [16, 32],
      [0, 32],
      [0, 32],
      [0, 16],
      [0, 0],
    ]);
  });

  test('frees a block only when its last holder has released it', () => {
    const cache = new KvCache(20 * 16);
    const [first, second] = [holderOf('a'), holderOf('a')];
    cache.grow(first, 64);
    expect(cache.reuse(second, 64)).toBe(48);
    expect(cache.freeBlocks).toBe(16);
    cache.release(first);
    expect(cache.freeBlocks).toBe(17);
    cache.release(second);
    expect(cache.freeBlocks).toBe(20);
  });

  test('gives a parked holder its own full blocks again, as far as nobody took them, and nobody else', () => {
    const cache = new KvCache(11 * 16);
    const [parked, other] = [holderOf('a', 32), holderOf()];
    cache.grow(parked, 6 * 16 + 5);
    cache.park(parked, 6 * 16 + 5);
    expect(cache.freeBlocks).toBe(11);
    expect(cache.copy().reuse({ ...parked, table: [] }, 101)).toBe(96);
    expect(cache.copy().reuse(holderOf('a', 400), 101)).toBe(32); // only what it declared to share
    cache.grow(other, 6 * 16); // four that were never used, the unfinished one, and its last full one
    expect(cache.reuse(parked, 5 * 16)).toBe(64);
    expect(cache.grow(parked, 5 * 16)).toBe(true);
    expect(cache.grow(parked, 6 * 16)).toBe(false);
    cache.release(other);
    expect(cache.grow(parked, 6 * 16 + 5)).toBe(true);
    cache.release(parked);
    expect(cache.freeBlocks).toBe(11);
  });

  test('finds no block again without caching, not even that of a parked holder', () => {
    const cache = new KvCache(320, false);
    const parked = holderOf();
    cache.grow(parked, 64);
    cache.park(parked, 64);
    expect([cache.reuse(parked, 64), cache.freeBlocks]).toEqual([0, 20]);
  });

  test('finds no block again without caching', () => {
    const cache = new KvCache(320, false);
    cache.grow(holderOf('a'), 64);
    expect(cache.reuse(holderOf('a'), 64)).toBe(0);
  });

  test('shows a block to others only once it is full', () => {
    const cache = new KvCache(320);
    const first = holderOf('a');
    cache.grow(first, 47);
    expect(cache.reuse(holderOf('a'), 100)).toBe(32);
    cache.grow(first, 48);
    expect(cache.reuse(holderOf('a'), 100)).toBe(48);
  });

  test('does nothing for a holder until that has used up its room, and something then', () => {
    const cache = new KvCache(100 * 16);
    const prefixes = fc.constantFrom(undefined, 'a', 'b');
    fc.assert(
      fc.property(
        prefixes,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (key, shared, tokens) => {
          const holder = holderOf(key, shared);
          cache.grow(holder, tokens);
          const before = [blocksOf(holder), holder.published];
          const room = cache.roomOf(holder, tokens);
          cache.grow(holder, tokens + room);
          expect([blocksOf(holder), holder.published]).toEqual(before);
          cache.grow(holder, tokens + room + 1);
          expect([blocksOf(holder), holder.published]).not.toEqual(before);
          cache.release(holder);
        },
      ),
    );
  });

  test('never loses or adds a block, and its copy has the same state', () => {
    const keys = ['a', 'a', 'b', undefined, undefined];
    const steps = fc.array(
      fc.record({
        holder: fc.nat({ max: 4 }),
        tokens: fc.nat({ max: 400 }),
        act: fc.constantFrom('grow', 'release', 'copy'),
      }),
    );
    fc.assert(
      fc.property(steps, (actions) => {
        let cache = new KvCache(50 * 16);
        const holders = keys.map((key) => holderOf(key));
        for (const { holder: index, tokens, act } of actions) {
          const holder = holders[index]!;
          if (act === 'copy') cache = cache.copy();
          else if (act === 'release') cache.release(holder);
          else if (blocksOf(holder) > 0 || cache.reuse(holder, tokens + 1) >= 0) cache.grow(holder, tokens + 1);
          const held = new Set(holders.flatMap(({ table }) => table));
          const own = holders.reduce((sum, { ownBlocks }) => sum + ownBlocks, 0);
          expect(held.size + own + cache.freeBlocks).toBe(50);
          for (const { table } of holders) expect(new Set(table).size).toBe(table.length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the hashes of a prefix', () => {
  const hashes = (...parts: readonly (readonly [string, number])[]): number[] =>
    Array.from(
      prefixHashes(
        parts.map(([key, tokens]) => ({ key, tokens })),
        1000,
      ),
    );

  test('are one for each full block, and are equal up to the first different token', () => {
    expect(hashes(['a', 47])).toHaveLength(2);
    expect(hashes(['a', 64]).slice(0, 2)).toEqual(hashes(['a', 47]));
    expect(hashes(['a', 40], ['b', 40]).slice(0, 2)).toEqual(hashes(['a', 40], ['c', 40]).slice(0, 2));
    expect(hashes(['a', 40], ['b', 40])[2]).not.toBe(hashes(['a', 40], ['c', 40])[2]);
  });

  test('are different after the first different token, even if all later tokens are equal', () => {
    expect(hashes(['a', 16], ['c', 16])[1]).not.toBe(hashes(['b', 16], ['c', 16])[1]);
    expect(hashes(['a', 32])[1]).not.toBe(hashes(['a', 16], ['a', 16])[1]);
  });

  test('end with the sequence, and are safe integers above 0', () => {
    expect(prefixHashes([{ key: 'a', tokens: 1e9 }], 100)).toHaveLength(6);
    for (const hash of hashes(['x', 900])) expect(Number.isSafeInteger(hash) && hash > 0).toBe(true);
    expect(prefixHashes([], 100)).toHaveLength(0);
  });
});
