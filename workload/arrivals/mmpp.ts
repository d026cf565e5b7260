import { z } from 'zod';
import { exponential } from '../../core/random/distributions.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { ArrivalProcess } from './arrival-process.ts';

const schema = z.strictObject({
  kind: z.literal('mmpp'),
  burstFactor: z.number().gt(1).max(10_000).describe('Rate in a burst, as a multiple of the rate between bursts.'),
  burstS: z.number().positive().max(86_400).describe('Mean length of a burst.'),
  betweenS: z.number().positive().max(86_400).describe('Mean time from the end of a burst to the next.'),
});

/**
 * Bursts: a Markov-modulated Poisson process of two states. Both states last for exponential times. With `p` the share of time in bursts, `s^2 = p (1 - p)
 * (high - low)^2` and `q = 1 / burstS + 1 / betweenS`, the number of requests in `t` seconds has the mean `rate t` and the variance
 * `rate t + 2 s^2 (t / q - (1 - e^(-q t)) / q^2)`. Source: H. Heffes and D. M. Lucantoni, IEEE JSAC 4(6), 1986; W. Fischer and
 * K. Meier-Hellstern, "The Markov-modulated Poisson process (MMPP) cookbook", Performance Evaluation 18, 1993.
 */
export const mmppArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: ({ burstFactor, burstS, betweenS }, { ratePerS, durationMs, rng }) => {
    const burstShare = burstS / (burstS + betweenS);
    const lowGapMs = (1000 * (burstShare * burstFactor + 1 - burstShare)) / ratePerS;
    const timesMs: Ms[] = [];
    let inBurst = rng.next() < burstShare;
    for (let fromMs = 0; fromMs < durationMs; inBurst = !inBurst) {
      const toMs = Math.min(durationMs, fromMs + exponential(rng, 1000 * (inBurst ? burstS : betweenS)));
      const gapMs = inBurst ? lowGapMs / burstFactor : lowGapMs;
      for (let atMs = fromMs + exponential(rng, gapMs); atMs < toMs; atMs += exponential(rng, gapMs))
        timesMs.push(atMs);
      fromMs = toMs;
    }
    return { timesMs };
  },
};
