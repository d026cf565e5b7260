import { blockAt, cidrOf, ipv4Block, overlap } from '../../core/net/ipv4-block.ts';
import type { NetworkName } from './environment.ts';

/**
 * Three networks in 198.18.0.0/15, such as `198.18.16.0/24`, that do not overlap any of `taken`. They come from the first
 * free block of four networks. Null when the range is full.
 */
export const freeSubnets = (taken: readonly string[]): Readonly<Record<NetworkName, string>> | null => {
  const blocks = taken.flatMap((cidr) => ipv4Block(cidr) ?? []);
  const range = ipv4Block('198.18.0.0/15')!;
  for (let index = FIRST_BLOCK; index < BLOCKS; index++) {
    const four = blockAt(range.first + index * FOUR_NETWORKS, 22);
    if (blocks.some((block) => overlap(block, four))) continue;
    const subnet = (nth: number): string => cidrOf(blockAt(four.first + nth * NETWORK, 24));
    return { fibre: subnet(0), laser: subnet(1), access: subnet(2) };
  }
  return null;
};

/** Addresses in a /24, and in a block of four /24. */
const NETWORK = 256;
const FOUR_NETWORKS = 4 * NETWORK;

/** Blocks of four /24 in the range. The first few are left free for addresses that users choose by hand. */
const BLOCKS = 128;
const FIRST_BLOCK = 4;
