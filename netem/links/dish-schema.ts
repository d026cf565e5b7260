import { z } from 'zod';
import { kbpsSchema, shareSchema } from '../../core/config/quantity-schemas.ts';
import { burstLossSchema } from './burst-loss-schema.ts';
import { populationSchema } from './dish-population.ts';
import { type EffectOverrides, overrideKeys } from './effect/effect-overrides.ts';
import { type LinkEffects, linkEffects } from './effect/registry.ts';
import { queueSchema } from './queue-schema.ts';

/** The keys of `network.access.starlink` in which the dish of one client differs. */
const userDishSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z.strictObject({
    upKbps: kbpsSchema.exactOptional().describe('Rate from these users, in kilobits a second.'),
    downKbps: kbpsSchema.exactOptional().describe('Rate to these users, in kilobits a second.'),
    lossRate: shareSchema.exactOptional().describe('Share of packets lost outside boundary events.'),
    burstLoss: burstLossSchema.exactOptional(),
    queue: queueSchema.exactOptional(),
    population: populationSchema.exactOptional(),
    ...overrideKeys<Effects['way']>(effects.way, 'clients'),
    ...overrideKeys<Effects['dish']>(effects.dish, 'clients'),
  });

export const userDishSchema = userDishSchemaWith(linkEffects);

export type UserDish = z.output<typeof userDishSchema>;

/** The keys of `network.laser` in which the terminal of one site differs. */
export const siteDishKeys = overrideKeys(linkEffects.dish, 'sites');

export type SiteDish = EffectOverrides<typeof linkEffects.dish>;
