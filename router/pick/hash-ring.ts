import { type Hash64, hash64, isBefore, xxh64OfText } from './xxh64.ts';

/** Members on a circle of 64-bit positions, in ascending order. Hot path: `from` allocates nothing. */
export interface HashRing {
  readonly size: number;
  /** By place: the member there. */
  readonly members: Uint32Array;
  /** The first place at or after a position; the first of all after the last. */
  from(high: number, low: number): number;
}

/**
 * A ketama ring: member m stands at XXH64("m_0"), XXH64("m_1"), ..., as often as its weight demands.
 *
 *     share = weight / sum of weights
 *     scale = min(ceil(least share * minSize) / least share, maxSize)       so that the rarest member stands there a whole number of times
 *     member m stands there while fewer than scale * (shares up to m) places are taken
 *
 * Source: Envoy, ring_hash_lb.cc and its documentation of `minimum_ring_size`.
 */
export const hashRing = (
  names: readonly string[],
  weights: ArrayLike<number>,
  { minSize, maxSize }: { readonly minSize: number; readonly maxSize: number },
): HashRing => {
  const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const least = Math.min(...names.map((_, member) => weights[member]! / total));
  const scale = Math.min(Math.ceil(least * minSize) / least, maxSize);
  const places: { readonly high: number; readonly low: number; readonly member: number }[] = [];
  const hash: Hash64 = hash64();
  let target = 0;
  for (const [member, name] of names.entries()) {
    target += (scale * weights[member]!) / total;
    for (let copy = 0; places.length < target - ROUNDING; copy++) {
      xxh64OfText(`${name}_${copy}`, hash);
      places.push({ high: hash[0]!, low: hash[1]!, member });
    }
  }
  places.sort((a, b) => (a.high >>> 0) - (b.high >>> 0) || (a.low >>> 0) - (b.low >>> 0));
  const highs = Int32Array.from(places, ({ high }) => high);
  const lows = Int32Array.from(places, ({ low }) => low);
  const size = places.length;
  const starts = startsOf(highs);
  const shift = 32 - Math.log2(starts.length - 1);
  return {
    size,
    members: Uint32Array.from(places, ({ member }) => member),
    from: (high, low) => {
      let place = starts[high >>> shift]!;
      while (place < size && isBefore(highs[place]!, lows[place]!, high, low)) place++;
      return place === size ? 0 : place;
    },
  };
};

/** By the upper bits of a position: the first place that has them, or more. There is about one place for each, since positions are spread evenly. */
const startsOf = (highs: Int32Array): Uint32Array => {
  const bits = Math.min(MOST_BITS, Math.max(1, Math.ceil(Math.log2(highs.length + 1))));
  const starts = new Uint32Array(2 ** bits + 1);
  let place = 0;
  for (let from = 0; from < starts.length; from++) {
    while (place < highs.length && highs[place]! >>> (32 - bits) < from) place++;
    starts[from] = place;
  }
  return starts;
};

const MOST_BITS = 20;

/** Sums of shares are not exact; no member stands there once more for that. */
const ROUNDING = 1e-6;
