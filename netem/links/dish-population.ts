import { z } from 'zod';
import { normalAt } from '../../core/random/normal-at.ts';
import { drawAt, streamKey } from '../../core/random/rng.ts';
import wellServed from '../data/well-served-dishes.json' with { type: 'json' };
import { type AccessOverhead, overheadEffect } from './effect/overhead.ts';

/** Dishes to be like, and how much one differs from the one it is like. */
export interface DishPopulation {
  readonly like: readonly AccessOverhead[];
  /** Standard deviation of the logarithm of the factor on its floor. */
  readonly spread: number;
}

const overheadSchema = overheadEffect.schema('access.starlink');

/**
 * Which dishes there are. `well-served` is fitted to ten measured sites (`npm run bench:access`); `none` gives every dish the overhead
 * that stands beside it.
 */
export const populationSchema = z
  .union([
    z.enum(['none', 'well-served']),
    z.strictObject({
      like: z.array(overheadSchema).min(1).max(1000).describe('The overheads of sites; each dish is like one of them.'),
      spread: z
        .number()
        .min(0)
        .max(1)
        .default(wellServed.spread)
        .describe('How far the floor of a dish is from that of its site: standard deviation of its logarithm.'),
    }),
  ])
  .describe('From which the overhead of each client is drawn, by its name, instead of one overhead for all.');

export type PopulationConfig = z.output<typeof populationSchema>;

/** The dishes of a population; null for `none`. */
export const populationOf = (config: PopulationConfig): DishPopulation | null => {
  if (config === 'none') return null;
  if (config !== 'well-served') return config;
  const { dishes, spread } = wellServed;
  return { like: dishes.map((dish) => overheadSchema.parse(dish.overhead)), spread };
};

/**
 * The overhead of one dish: that of a site of the population, drawn evenly, with a lognormal factor on its floor. A smoothed bootstrap: it
 * assumes nothing on how the sites are distributed, and keeps what the numbers of a site have in common. `stream` names the
 * random stream: it contains the seed and the name of the client.
 */
export const drawnOverhead = ({ like, spread }: DishPopulation, stream: string): AccessOverhead => {
  const site = like[Math.floor(drawAt(streamKey(`${stream}/like`), 0) * like.length)]!;
  return { ...site, floorUs: site.floorUs * Math.exp(spread * normalAt(`${stream}/floor`)(0)) };
};
