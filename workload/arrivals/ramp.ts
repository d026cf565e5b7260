import { z } from 'zod';
import { exponential } from '../../core/random/distributions.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { ArrivalProcess } from './arrival-process.ts';

const schema = z
  .strictObject({
    kind: z.literal('ramp'),
    from: z.number().min(0).max(1e6).describe('Rate at the start, in any unit: only its ratio to `to` counts.'),
    to: z.number().min(0).max(1e6).describe('Rate at the end, in the unit of `from`.'),
  })
  .refine(({ from, to }) => from + to > 0, { path: ['to'], error: 'expected more than 0 at one end' });

/**
 * A rate that rises or falls in a straight line over the run, with `ratePerS` as its mean: `from: 5, to: 45` at 25 requests a second starts with 5 a second.
 * Poisson: exponential gaps in the time in which the rate is 1, `n(t) = rate (from t + (to - from) t^2 / 2 T) 2 / (from + to)`, taken
 * back to real time. Source: E. Cinlar, "Introduction to Stochastic Processes", 1975, 4.7.
 */
export const rampArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: ({ from, to }, { ratePerS, durationMs, rng }) => {
    const expected = (ratePerS * durationMs) / 1000;
    const timesMs: Ms[] = [];
    for (let n = exponential(rng, 1); n < expected; n += exponential(rng, 1)) {
      // The share x of the run solves from x + (to - from) x^2 / 2 = (from + to) / 2 n / expected; written so that from = to needs no case.
      const gone = ((from + to) * n) / expected;
      const atMs = gone === 0 ? 0 : (durationMs * gone) / (from + Math.sqrt(from ** 2 + (to - from) * gone));
      if (atMs < durationMs) timesMs.push(atMs); // rounding may reach the end
    }
    return { timesMs };
  },
};
