/** Sorts a copy in ascending order. */
export const ascending = (samples: Iterable<number>): Float64Array => Float64Array.from(samples).sort();

/**
 * The `p` quantile (0 to 1) of ascending samples, linear between the two nearest ranks; NaN for none.
 * Source: Hyndman and Fan, 1996, definition 7 (the default of R and NumPy).
 */
export const quantile = (sorted: ArrayLike<number>, p: number): number => {
  if (sorted.length === 0) return Number.NaN;
  const rank = (sorted.length - 1) * p;
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (rank - below);
};

export const mean = (samples: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += samples[index]!;
  return samples.length === 0 ? Number.NaN : sum / samples.length;
};
