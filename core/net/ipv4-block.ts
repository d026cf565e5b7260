/** Addresses with the same first `prefix` bits; `first` is the lowest one, as an unsigned number. */
export interface Ipv4Block {
  readonly first: number;
  readonly prefix: number;
}

/** The block that contains an address such as `198.18.16.1/22`; null for any other text, such as an IPv6 address. */
export const ipv4Block = (cidr: string): Ipv4Block | null => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return null;
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return null;
  return blockAt(((a * 256 + b) * 256 + c) * 256 + d, prefix);
};

export const cidrOf = ({ first, prefix }: Ipv4Block): string =>
  `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join('.')}/${prefix}`;

/** The block of `prefix` bits that contains an address, given as an unsigned number. */
export const blockAt = (address: number, prefix: number): Ipv4Block => {
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(address / size) * size, prefix };
};

/** Whether `outer` contains all of `inner`. */
export const contains = (outer: Ipv4Block, inner: Ipv4Block): boolean =>
  outer.prefix <= inner.prefix && blockAt(inner.first, outer.prefix).first === outer.first;

export const overlap = (a: Ipv4Block, b: Ipv4Block): boolean => contains(a, b) || contains(b, a);
