import { z } from 'zod';
import type { Ms } from '../../core/time/clock.ts';
import { type ArrivalProcess, countOf, type Offered } from './arrival-process.ts';

const schema = z.strictObject({ kind: z.literal('trace') });

/**
 * The gaps of the trace. A stretch of it is scaled to the rate, so that each run offers exactly `ratePerS * duration` requests; or
 * it is played at its own times, where the load names no rate.
 */
export const traceArrivals: ArrivalProcess<typeof schema> = {
  schema,
  arrivals: (_config, offered) => ({
    timesMs: offered.timeScale === null ? scaledToRate(offered) : atOwnTimes(offered, offered.timeScale),
  }),
};

const scaledToRate = (offered: Offered): readonly Ms[] => {
  const count = countOf(offered);
  const offsetsS = Array.from({ length: count + 1 }, (_, index) => offered.traceTimeS(index));
  const startS = offsetsS[0]!;
  const lengthS = offsetsS[count]! - startS || 1;
  return offsetsS.slice(0, count).map((atS) => ((atS - startS) / lengthS) * offered.durationMs);
};

const atOwnTimes = ({ traceTimeS, durationMs }: Offered, timeScale: number): readonly Ms[] => {
  const timesMs: Ms[] = [];
  const startS = traceTimeS(0);
  for (let index = 0; ; index++) {
    const atMs = (traceTimeS(index) - startS) * 1000 * timeScale;
    if (atMs >= durationMs) return timesMs;
    timesMs.push(atMs);
  }
};
