import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrOf, contains, ipv4Block, overlap } from '../../../core/net/ipv4-block.ts';

describe('blocks of addresses', () => {
  const block = (): fc.Arbitrary<string> =>
    fc
      .tuple(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 32 }))
      .map(([bytes, prefix]) => `${bytes.join('.')}/${prefix}`);

  test('are equal for every address in them', () => {
    expect(cidrOf(ipv4Block('198.18.17.9/22')!)).toBe('198.18.16.0/22');
    expect(cidrOf(ipv4Block('255.255.255.255/32')!)).toBe('255.255.255.255/32');
    fc.assert(
      fc.property(block(), (text) => {
        expect(ipv4Block(cidrOf(ipv4Block(text)!))).toEqual(ipv4Block(text));
      }),
    );
  });

  test('contain themselves and smaller blocks, but no wider ones', () => {
    const everything = ipv4Block('0.0.0.0/0')!;
    fc.assert(
      fc.property(block(), block(), (left, right) => {
        const [a, b] = [ipv4Block(left)!, ipv4Block(right)!];
        expect(contains(a, a) && contains(everything, a)).toBe(true);
        if (contains(a, b) && contains(b, a)) expect(a).toEqual(b);
      }),
    );
    expect(contains(ipv4Block('198.18.0.0/15')!, ipv4Block('198.19.255.255/32')!)).toBe(true);
    expect(contains(ipv4Block('198.18.0.0/15')!, ipv4Block('198.20.0.0/16')!)).toBe(false);
  });

  test('overlap when they share an address', () => {
    const addresses = (text: string): readonly [number, number] => {
      const { first, prefix } = ipv4Block(text)!;
      return [first, first + 2 ** (32 - prefix) - 1];
    };
    fc.assert(
      fc.property(block(), block(), (left, right) => {
        const [[aFirst, aLast], [bFirst, bLast]] = [addresses(left), addresses(right)];
        expect(overlap(ipv4Block(left)!, ipv4Block(right)!)).toBe(aFirst <= bLast && bFirst <= aLast);
      }),
    );
  });

  test.each(['fd00::2/64', '198.18.16.0', '198.18.256.0/22', '198.18.0.0/33', ''])('cannot be read from %j', (text) => {
    expect(ipv4Block(text)).toBeNull();
  });
});
