import { z } from 'zod';
import { gamma } from '../../core/random/distributions.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { ArrivalProcess } from './arrival-process.ts';

const schema = z.strictObject({
  kind: z.literal('gamma'),
  cv: z
    .number()
    .min(0.1)
    .max(10)
    .describe('Deviation of the gaps over their mean: 1 is Poisson, more is bursty, less is regular.'),
});

/**
 * Independent gaps of a gamma distribution: shape `1 / cv^2`, so that a large `cv` gives many short gaps and a few long ones. Over a long stretch
 * the variance of the number of requests is `cv^2` times its mean. The first gap is that of a process which began long ago (uniform in a
 * gap chosen by its length, which is a gamma of shape + 1), so that the mean rate holds from the first second. Source: D. R. Cox, "Renewal Theory", 1962, 5.2 and
 * 4.2; `--burstiness` of vLLM's benchmark is the same shape.
 */
export const gammaArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: ({ cv }, { ratePerS, durationMs, rng }) => {
    const shape = 1 / cv ** 2;
    const scaleMs = 1000 / ratePerS / shape;
    const timesMs: Ms[] = [];
    let atMs = rng.next() * gamma(rng, shape + 1) * scaleMs;
    for (; atMs < durationMs; atMs += gamma(rng, shape) * scaleMs) timesMs.push(atMs);
    return { timesMs };
  },
};
