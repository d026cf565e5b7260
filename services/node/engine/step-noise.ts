import { z } from 'zod';
import { lognormal } from '../../../core/random/distributions.ts';
import type { Rng } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';

/** Random variation of step durations. Source of the defaults: real vLLM steps vary with a sigma of 0.03 to 0.05. */
export const noiseSchema = z
  .strictObject({
    sigma: z
      .number()
      .nonnegative()
      .max(1)
      .default(0.04)
      .describe('Standard deviation of the logarithm of the duration; 0 for no noise.'),
    stallProbability: z.number().min(0).max(1).default(1e-4).describe('Probability that a step also stalls.'),
    stallMinMs: z.number().nonnegative().default(20).describe('Shortest stall.'),
    stallMaxMs: z.number().nonnegative().default(100).describe('Longest stall.'),
  })
  .refine(({ stallMinMs, stallMaxMs }) => stallMinMs <= stallMaxMs, {
    path: ['stallMaxMs'],
    error: 'expected at least stallMinMs',
  });

export type Noise = z.output<typeof noiseSchema>;

/** No noise: each step takes exactly the time of the formula. */
export const noNoise: Noise = { sigma: 0, stallProbability: 0, stallMinMs: 0, stallMaxMs: 0 };

/** A random duration for a step of `stepMs`: a lognormal factor with median 1, and rarely a stall. */
export const withNoise = (stepMs: Ms, noise: Noise, rng: Rng): Ms => {
  const variedMs = noise.sigma === 0 ? stepMs : lognormal(rng, { median: stepMs, sigma: noise.sigma });
  if (noise.stallProbability === 0 || rng.next() >= noise.stallProbability) return variedMs;
  return variedMs + noise.stallMinMs + (noise.stallMaxMs - noise.stallMinMs) * rng.next();
};
