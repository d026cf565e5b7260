import { seededRng } from '../core/random/rng.ts';

/**
 * The seeds of `count` repetitions of a scenario, all different. The first is the scenario's own, so that the first repetition is the run
 * without repetitions. The others are drawn from it: scenarios with neighbouring seeds share no repetition, as they would if one counted on.
 * More repetitions begin with the same seeds.
 */
export const repetitionSeeds = (seed: number, count: number): readonly number[] => {
  const seeds = new Set([seed]);
  const rng = seededRng(seed)('repetitions');
  while (seeds.size < count) seeds.add(rng.below(2 ** 32));
  return [...seeds];
};
