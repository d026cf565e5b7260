import type { Rng } from './rng.ts';

/** Exponential with the given mean. */
export const exponential = (rng: Rng, mean: number): number => -Math.log1p(-rng.next()) * mean;

/** Standard normal. Source: Box and Muller, 1958; the second value of the pair is dropped, so that there is no hidden state. */
export const normal = (rng: Rng): number =>
  Math.sqrt(-2 * Math.log1p(-rng.next())) * Math.cos(2 * Math.PI * rng.next());

/** Lognormal with median `median` and the given standard deviation of its logarithm. */
export const lognormal = (rng: Rng, { median, sigma }: { readonly median: number; readonly sigma: number }): number =>
  median * Math.exp(sigma * normal(rng));

/**
 * Gamma with the given shape and a scale of 1: mean and variance are `shape`. Source: G. Marsaglia and W. W. Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 26(3), 2000.
 */
export const gamma = (rng: Rng, shape: number): number => {
  if (shape < 1) return gamma(rng, shape + 1) * rng.next() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(rng);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(rng.next()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
};
