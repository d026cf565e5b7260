import { z } from 'zod';
import { exponential } from '../../core/random/distributions.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { ArrivalProcess } from './arrival-process.ts';

const schema = z.strictObject({ kind: z.literal('poisson') });

/** Independent users: gaps are exponential, and the number of requests of any stretch has a variance equal to its mean. */
export const poissonArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: (_config, { ratePerS, durationMs, rng }) => {
    const timesMs: Ms[] = [];
    const meanGapMs = 1000 / ratePerS;
    for (let atMs = exponential(rng, meanGapMs); atMs < durationMs; atMs += exponential(rng, meanGapMs))
      timesMs.push(atMs);
    return { timesMs };
  },
};
