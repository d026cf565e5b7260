import type { NetworkName } from './environment.ts';

/**
 * Three networks of 198.18.0.0/15 that overlap none of `taken`, each as `198.18.16.0/24`: the first such block of four.
 * Null when the range is full.
 */
export const freeSubnets = (taken: readonly string[]): Readonly<Record<NetworkName, string>> | null => {
  const ranges = taken.flatMap(rangeOf);
  for (let block = FIRST_BLOCK; block < BLOCKS; block++) {
    const base = `198.${18 + Math.floor(block / 64)}.${(block % 64) * 4}`;
    const [, second, third] = base.split('.').map(Number);
    const from = addressNumber(198, second!, third!, 0);
    if (ranges.some((range) => range.from < from + BLOCK_ADDRESSES && from < range.to)) continue;
    const subnet = (index: number): string => `198.${second}.${third! + index}.0/24`;
    return { fibre: subnet(0), laser: subnet(1), access: subnet(2) };
  }
  return null;
};

/** Blocks of four /24 in 198.18.0.0/15; the first few are left to whoever types addresses by hand. */
const BLOCKS = 128;
const FIRST_BLOCK = 4;
const BLOCK_ADDRESSES = 1024;

const addressNumber = (a: number, b: number, c: number, d: number): number => ((a * 256 + b) * 256 + c) * 256 + d;

/** The addresses of an IPv4 subnet, `to` excluded; nothing for any other text. */
const rangeOf = (subnet: string): readonly { readonly from: number; readonly to: number }[] => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(subnet);
  if (match === null) return [];
  const [a, b, c, d, prefix] = match.slice(1).map(Number);
  const size = 2 ** (32 - prefix!);
  const from = Math.floor(addressNumber(a!, b!, c!, d!) / size) * size;
  return [{ from, to: from + size }];
};
