import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freeSubnets } from '../../../scenario/deployment/free-subnets.ts';
import { SUBNETS } from '../../../scenario/deployment/subnets.ts';

const rangeOf = (subnet: string): readonly [number, number] => {
  const [address, prefix] = subnet.split('/') as [string, string];
  const base = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const size = 2 ** (32 - Number(prefix));
  const from = Math.floor(base / size) * size;
  return [from, from + size - 1];
};

const overlap = (a: string, b: string): boolean => {
  const [[aFrom, aTo], [bFrom, bTo]] = [rangeOf(a), rangeOf(b)];
  return aFrom <= bTo && bFrom <= aTo;
};

describe('the networks of a topology', () => {
  test('are those of the compose file when no other network exists', () => {
    expect(freeSubnets([])).toEqual(SUBNETS);
  });

  test('are in 198.18.0.0/15, and overlap neither each other nor a taken network', () => {
    const taken = fc
      .tuple(fc.constantFrom(18, 19), fc.nat(255), fc.nat(255), fc.integer({ min: 17, max: 32 }))
      .map(([second, third, last, prefix]) => `198.${second}.${third}.${last}/${prefix}`);
    fc.assert(
      fc.property(fc.array(taken, { maxLength: 60 }), (others) => {
        const free = freeSubnets(others);
        if (free === null) return;
        const own = Object.values(free);
        expect(own.every((subnet) => overlap(subnet, '198.18.0.0/15'))).toBe(true);
        for (const [index, subnet] of own.entries()) {
          expect([...others, ...own.slice(index + 1)].filter((other) => overlap(subnet, other))).toEqual([]);
        }
      }),
    );
  });

  test('can exist side by side until the range is full', () => {
    const taken: string[] = [];
    for (let free = freeSubnets(taken); free !== null; free = freeSubnets(taken)) taken.push(...Object.values(free));
    expect(taken).toHaveLength(124 * 3);
    expect(freeSubnets(['198.18.0.0/15'])).toBeNull();
    expect(freeSubnets(['0.0.0.0/0'])).toBeNull();
  });

  test('ignore texts that are not IPv4 subnets', () => {
    expect(freeSubnets(['', 'fe80::1/64', '<no value>', '10.0.0.0/8'])).toEqual(SUBNETS);
  });
});
