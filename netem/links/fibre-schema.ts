import { z } from 'zod';
import { kbpsSchema, microsSchema, shareSchema } from '../../core/config/quantity-schemas.ts';
import { burstLossSchema } from './burst-loss-schema.ts';
import { effectKeys, optionalEffectKeys } from './effect/effect-shapes.ts';
import type { Section } from './effect/link-effect.ts';
import { type LinkEffects, linkEffects } from './effect/registry.ts';
import { queueSchema } from './queue-schema.ts';

const fibreShape = {
  stretch: z
    .number()
    .min(1)
    .max(20)
    .describe('How much longer than the great circle the cable is. 1.4 gives New York-London its 76 ms.'),
  equipmentUs: microsSchema.describe('What equipment adds one way, in microseconds.'),
  hops: z.int().min(0).max(100).describe('Routers on the way, on top of the equipment.'),
  hopUs: microsSchema.describe('What each of them adds one way, in microseconds.'),
  jitterUs: microsSchema.describe(
    'Half-width of the variation, in microseconds; it only adds, so the mean rises by as much.',
  ),
  lossRate: shareSchema.describe('Share of packets lost.'),
  burstLoss: burstLossSchema.exactOptional(),
  rateKbps: kbpsSchema.describe('Rate in kilobits a second; 0 is unlimited.'),
  queue: queueSchema.exactOptional(),
};

/** The defaults that differ between a line between data centres and a line to a user's home. */
interface FibreDefaults {
  readonly equipmentUs: number;
  readonly jitterUs: number;
  readonly rateKbps: number;
}

/** A cable, with the keys of the effects that act on one. */
export const fibreSchemaWith = <Effects extends LinkEffects>(
  effects: Effects,
  defaults: FibreDefaults,
  section: Section,
) =>
  z
    .strictObject({
      stretch: fibreShape.stretch.default(1.4),
      equipmentUs: fibreShape.equipmentUs.default(defaults.equipmentUs),
      hops: fibreShape.hops.default(0),
      // An assumption: a router of today forwards within tens of microseconds when its queues are empty.
      hopUs: fibreShape.hopUs.default(25),
      jitterUs: fibreShape.jitterUs.default(defaults.jitterUs),
      lossRate: fibreShape.lossRate.default(0.00001),
      burstLoss: fibreShape.burstLoss,
      rateKbps: fibreShape.rateKbps.default(defaults.rateKbps),
      queue: fibreShape.queue,
      ...effectKeys<Effects['cable']>(effects.cable, section),
    })
    .prefault({} as never);

/** The keys in which one cable differs from the others. */
export const fibreOverrideSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z.strictObject({
    stretch: fibreShape.stretch.exactOptional(),
    equipmentUs: fibreShape.equipmentUs.exactOptional(),
    hops: fibreShape.hops.exactOptional(),
    hopUs: fibreShape.hopUs.exactOptional(),
    jitterUs: fibreShape.jitterUs.exactOptional(),
    lossRate: fibreShape.lossRate.exactOptional(),
    burstLoss: fibreShape.burstLoss,
    rateKbps: fibreShape.rateKbps.exactOptional(),
    queue: fibreShape.queue,
    ...optionalEffectKeys<Effects['cable']>(effects.cable, 'paths'),
  });

export const fibreSchema = (defaults: FibreDefaults) => fibreSchemaWith(linkEffects, defaults, 'fibre');

export type FibreConfig = z.output<ReturnType<typeof fibreSchema>>;
