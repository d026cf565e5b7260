import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockHashes } from '../../workload/prefix.ts';
import { hashesInHeader, MOST_ROUTED_BLOCKS, prefixHeaderBytes, routedHashes } from '../../workload/prefix-header.ts';

const parts = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), tokens: fc.nat(3000) }), { maxLength: 4 });

const read = (hashes: Float64Array): Float64Array => hashesInHeader(prefixHeaderBytes(hashes).toString('base64'));

describe('the hashes of a prefix', () => {
  test('come out of the header as they went in', () => {
    fc.assert(
      fc.property(parts, fc.nat(100_000), (prefix, promptTokens) => {
        const hashes = routedHashes(prefix, promptTokens);
        expect([...read(hashes)]).toEqual([...hashes]);
      }),
    );
  });

  test('are those of as many blocks as fit, whatever the prompt: a header stays below a kibibyte', () => {
    const hashes = routedHashes([{ key: 'long', tokens: 1e6 }], 1e6);
    expect(hashes).toHaveLength(MOST_ROUTED_BLOCKS);
    expect(prefixHeaderBytes(hashes).toString('base64').length).toBeLessThan(1024);
    expect([...read(hashes)]).toEqual([...hashes]);
  });

  test('two prompts have exactly the blocks in common that begin alike', () => {
    const system = { key: 'system', tokens: 1024 };
    const first = routedHashes([system, { key: 'one', tokens: 5000 }], 6000);
    const second = routedHashes([system, { key: 'two', tokens: 5000 }], 6000);
    const common = first.findIndex((hash, block) => hash !== second[block]);
    expect([first.length, common]).toEqual([11, 2]);
  });

  test('a turn begins with the blocks of the turn before it', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(20_000), (tokens, more) => {
        const before = routedHashes([{ key: 'chat', tokens }], tokens);
        const after = routedHashes([{ key: 'chat', tokens: tokens + more }], tokens + more);
        expect([...after.slice(0, before.length)]).toEqual([...before]);
      }),
    );
  });

  test('of other texts are others, and each block of a text has its own', () => {
    const options = { blockTokens: 16, mostTokens: 160 };
    const [a, b] = ['a', 'b'].map((key) => blockHashes([{ key, tokens: 160 }], options));
    expect(new Set([...a!, ...b!]).size).toBe(20);
  });

  test.each([undefined, '', 'AAAA', '!!!', 'AAAAAAAAAAAA'])('none are in the header %s', (header) => {
    expect(hashesInHeader(header)).toHaveLength(0);
  });

  test('what other programs send beyond 53 bits, and beyond the bound, is left out', () => {
    const bytes = Buffer.alloc(8 * 100, 0xff);
    const hashes = hashesInHeader(bytes.toString('base64'));
    expect(hashes).toHaveLength(MOST_ROUTED_BLOCKS);
    expect(hashes[0]).toBe(Number.MAX_SAFE_INTEGER);
  });
});
