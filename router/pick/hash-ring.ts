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
  return {
    size,
    members: Uint32Array.from(places, ({ member }) => member),
    from: (high, low) => {
      let [first, after] = [0, size];
      while (first < after) {
        const middle = (first + after) >>> 1;
        if (isBefore(highs[middle]!, lows[middle]!, high, low)) first = middle + 1;
        else after = middle;
      }
      return first === size ? 0 : first;
    },
  };
};

/** Sums of shares are not exact; no member stands there once more for that. */
const ROUNDING = 1e-6;
