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

/** The block of the first `prefix` bits of an address, which is an unsigned number. */
export const blockAt = (address: number, prefix: number): Ipv4Block => {
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(address / size) * size, prefix };
};

/** Whether all of `inner` lies in `outer`. */
export const contains = (outer: Ipv4Block, inner: Ipv4Block): boolean =>
  outer.prefix <= inner.prefix && blockAt(inner.first, outer.prefix).first === outer.first;

export const overlap = (a: Ipv4Block, b: Ipv4Block): boolean => contains(a, b) || contains(b, a);
