import { z } from 'zod';
import { lognormal } from '../core/random/distributions.ts';
import type { Rng } from '../core/random/rng.ts';

/** A number that is always the same, or one drawn for each use: lognormal, by its mean and its deviation over its mean. */
export type Amount = number | { readonly mean: number; readonly cv: number };

/** Bounds are those of the mean. `what` says what is counted, with its unit. */
export const amountSchema = (what: string, { min, max }: { readonly min: number; readonly max: number }) =>
  z
    .union([
      z.number().min(min).max(max),
      z.strictObject({ mean: z.number().min(min).max(max), cv: z.number().min(0).max(10) }),
    ])
    .describe(`${what} A number, or { mean, cv } for a lognormal draw each time.`);

export const drawAmount = (amount: Amount, rng: Rng): number => {
  if (typeof amount === 'number') return amount;
  // Source: the mean of a lognormal is median * exp(sigma^2 / 2), and cv^2 is exp(sigma^2) - 1.
  const spread = 1 + amount.cv ** 2;
  return lognormal(rng, { median: amount.mean / Math.sqrt(spread), sigma: Math.sqrt(Math.log(spread)) });
};

/** A whole number of at least `least`. */
export const drawCount = (amount: Amount, rng: Rng, least = 1): number =>
  Math.max(least, Math.round(drawAmount(amount, rng)));
