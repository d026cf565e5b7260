import type { Rng } from './rng.ts';

/** Exponential with the given mean. */
export const exponential = (rng: Rng, mean: number): number => -Math.log1p(-rng.next()) * mean;

/** Standard normal. Source: Box and Muller, 1958; the second value of the pair is dropped, so that there is no hidden state. */
export const normal = (rng: Rng): number =>
  Math.sqrt(-2 * Math.log1p(-rng.next())) * Math.cos(2 * Math.PI * rng.next());

/** Lognormal with median `median` and the given standard deviation of its logarithm. */
export const lognormal = (rng: Rng, { median, sigma }: { readonly median: number; readonly sigma: number }): number =>
  median * Math.exp(sigma * normal(rng));
