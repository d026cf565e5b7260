import { z } from 'zod';
import { kbpsSchema, shareSchema } from '../../core/config/quantity-schemas.ts';
import { failuresSchema } from '../sky/failures-schema.ts';
import { constellationSchema } from '../sky/orbit/constellation-schema.ts';
import { burstLossSchema } from './burst-loss-schema.ts';
import { populationSchema } from './dish-population.ts';
import { effectKeys } from './effect/effect-shapes.ts';
import { type LinkEffects, linkEffects } from './effect/registry.ts';
import { fibreSchemaWith } from './fibre-schema.ts';
import { queueSchema } from './queue-schema.ts';
import { transportSchema } from './transport/transport-schema.ts';

/** A line to a user's home. */
const accessFibreSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  fibreSchemaWith(effects, { equipmentUs: 2000, jitterUs: 500, rateKbps: 500_000 }, 'access.fibre');

/** A path through space between two sites that both have a terminal: no PoP, no gateway. */
const laserSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z
    .strictObject({
      upKbps: kbpsSchema.default(200_000).describe('Rate from a terminal to its satellite, in kilobits a second.'),
      downKbps: kbpsSchema.default(1_000_000).describe('Rate from a satellite to its terminal, in kilobits a second.'),
      sharedDish: z
        .boolean()
        .default(true)
        .describe(
          'Whether the laser paths of a site share one dish, its uplink and its downlink; or each has its own.',
        ),
      lossRate: shareSchema.default(0.0001).describe('Share of packets lost outside boundary events.'),
      burstLoss: burstLossSchema.exactOptional(),
      queue: queueSchema.exactOptional(),
      ...effectKeys<Effects['laser']>(effects.laser, 'laser'),
      ...effectKeys<Effects['way']>(effects.way, 'laser'),
      ...effectKeys<Effects['dish']>(effects.dish, 'laser'),
    })
    .prefault({} as never);

/** A user's dish: up to a satellite, down to a gateway, to the PoP, and on by fibre. */
const starlinkSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z
    .strictObject({
      upKbps: kbpsSchema
        .default(17_000)
        .describe('Rate from the user, in kilobits a second: the median that was measured.'),
      downKbps: kbpsSchema
        .default(178_000)
        .describe('Rate to the user, in kilobits a second: the median that was measured.'),
      lossRate: shareSchema.default(0.0005).describe('Share of packets lost outside boundary events.'),
      burstLoss: burstLossSchema.exactOptional(),
      queue: queueSchema.exactOptional(),
      population: populationSchema.default('none'),
      gatewayReachKm: z.number().min(0).max(20_000).default(1000).describe('How far a gateway may be from its PoP.'),
      gateways: z.int().min(1).max(50).default(8).describe('How many of the nearest gateways a PoP uses.'),
      ...effectKeys<Effects['way']>(effects.way, 'access.starlink'),
      ...effectKeys<Effects['dish']>(effects.dish, 'access.starlink'),
    })
    .prefault({} as never);

/** The constellation, and what each kind of path is like, with the keys of `effects`. `{}` is a complete network. */
export const networkSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z.strictObject({
    constellation: constellationSchema
      .safeExtend({ failures: failuresSchema.optional().describe('Satellites and lasers that break.') })
      .prefault({})
      .describe('Which satellites there are and how they are used.'),
    stepMs: z
      .int()
      .min(10)
      .max(15_000)
      .default(1000)
      .describe('How often geometry is recomputed within a slot, in milliseconds.'),
    fibre: fibreSchemaWith(effects, { equipmentUs: 200, jitterUs: 100, rateKbps: 10_000_000 }, 'fibre').describe(
      'Cables between sites, and from a PoP to a site.',
    ),
    laser: laserSchemaWith(effects).describe('Paths through space between two sites that both have a terminal.'),
    access: z
      .strictObject({
        fibre: accessFibreSchemaWith(effects).describe('Cables from users to the router.'),
        starlink: starlinkSchemaWith(effects).describe('Dishes of users.'),
      })
      .prefault({} as never)
      .describe('How users reach the router.'),
    transport: transportSchema,
  });

export const networkSchema = networkSchemaWith(linkEffects);

export type NetworkConfig = z.output<typeof networkSchema>;
