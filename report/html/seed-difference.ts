import { type TInterval, tInterval } from '../t-interval.ts';
import type { Contender } from './contender.ts';

export type TtftPercentile = 'p50' | 'p95' | 'p99';

/**
 * How much higher a percentile of the time to first token is under `other` than under `best`, in ms, seed by seed: under each seed both had the
 * same requests and the same network. Null where no seed has both figures.
 */
export const seedDifference = (best: Contender, other: Contender, percentile: TtftPercentile): TInterval | null => {
  const bySeed = new Map(other.runs.map(({ key, figures }) => [key.seed, figures.ttftMs[percentile]]));
  return tInterval(
    best.runs.flatMap(({ key, figures }) => {
      const [mine, theirs] = [figures.ttftMs[percentile], bySeed.get(key.seed)];
      return mine === null || theirs === null || theirs === undefined ? [] : [theirs - mine];
    }),
  );
};
