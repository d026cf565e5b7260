/** Addresses that share their first `prefix` bits; `first` is the lowest, as an unsigned number. */
export interface Ipv4Block {
  readonly first: number;
  readonly prefix: number;
}

/** Reads `198.18.16.1/22` as the block that it lies in; null for anything else, such as an IPv6 address. */
export const ipv4Block = (cidr: string): Ipv4Block | null => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return null;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return null;
  return blockAt(((a * 256 + b) * 256 + c) * 256 + d, prefix);
};

export const cidrOf = ({ first, prefix }: Ipv4Block): string =>
  `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.')}/${prefix}`;

/** Whether all of `inner` lies in `outer`. Two blocks overlap when one contains the other. */
export const contains = (outer: Ipv4Block, inner: Ipv4Block): boolean =>
  outer.prefix <= inner.prefix && blockAt(inner.first, outer.prefix).first === outer.first;

/**
 * The routes of `/proc/net/route`, but for the default one. Its addresses are hexadecimal in the byte order of the
 * machine, which is little-endian wherever Node runs on Linux today but for s390x. Source: proc(5).
 */
export const routesOf = (table: string): readonly { readonly device: string; readonly block: Ipv4Block }[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const prefix = bitsOf(Number.parseInt(mask, 16));
      return prefix === 0 ? [] : [{ device, block: blockAt(swapped(Number.parseInt(destination, 16)), prefix) }];
    });

const blockAt = (address: number, prefix: number): Ipv4Block => {
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(address / size) * size, prefix };
};

const swapped = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

const bitsOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
