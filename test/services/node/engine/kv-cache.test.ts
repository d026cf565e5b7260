import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KvCache } from '../../../../services/node/engine/kv-cache.ts';

describe('the KV cache', () => {
  test('hands out whole blocks of 16 tokens', () => {
    const cache = new KvCache(100);
    const holder = { blocks: 0 };
    expect(cache.blocks).toBe(6);
    expect(cache.grow(holder, 17)).toBe(true);
    expect([holder.blocks, cache.freeBlocks]).toEqual([2, 4]);
    expect(cache.grow(holder, 32)).toBe(true);
    expect(holder.blocks).toBe(2);
  });

  test('changes nothing when it cannot give all that is asked for', () => {
    const cache = new KvCache(64);
    const holder = { blocks: 0 };
    cache.grow(holder, 16);
    expect(cache.grow(holder, 65)).toBe(false);
    expect([holder.blocks, cache.freeBlocks, cache.usage]).toEqual([1, 3, 0.25]);
  });

  test('never loses nor invents a block', () => {
    const holders = Array.from({ length: 5 }, () => ({ blocks: 0 }));
    const steps = fc.array(
      fc.record({ holder: fc.nat({ max: 4 }), tokens: fc.nat({ max: 400 }), release: fc.boolean() }),
    );
    fc.assert(
      fc.property(steps, (actions) => {
        const cache = new KvCache(50 * 16);
        for (const holder of holders) holder.blocks = 0;
        for (const { holder, tokens, release } of actions) {
          if (release) cache.release(holders[holder]!);
          else cache.grow(holders[holder]!, tokens);
          const held = holders.reduce((sum, { blocks }) => sum + blocks, 0);
          expect(held + cache.freeBlocks).toBe(50);
          expect(cache.freeBlocks).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
