import { z } from 'zod';
import { type ArrivalProcess, countOf } from './arrival-process.ts';

const schema = z.strictObject({ kind: z.literal('constant') });

/** Evenly spaced: no chance at all. */
export const constantArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: (_config, offered) => {
    const count = countOf(offered);
    return { timesMs: Array.from({ length: count }, (_, index) => (index * offered.durationMs) / count) };
  },
};
