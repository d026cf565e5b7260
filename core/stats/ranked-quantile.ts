import { quantile } from './quantile.ts';

/**
 * The `p` quantile (0 to 1) of `n` values, of which those in `seen`, ascending, are known and the rest only rank above them; null where
 * it falls among the rest, and for no values.
 */
export const rankedQuantile = (seen: ArrayLike<number>, n: number, p: number): number | null => {
  const rank = (n - 1) * p;
  if (Math.ceil(rank) >= seen.length) return null;
  // The same rank, as a share of the values seen.
  return quantile(seen, seen.length === 1 ? 0 : rank / (seen.length - 1));
};
