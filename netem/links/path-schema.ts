import { z } from 'zod';
import { kbpsSchema, shareSchema } from '../../core/config/quantity-schemas.ts';
import { burstLossSchema } from './burst-loss-schema.ts';
import { effectKeys, optionalEffectKeys } from './effect/effect-shapes.ts';
import type { LinkEffects } from './effect/registry.ts';
import { linkEffects } from './effect/registry.ts';
import { fibreOverrideSchemaWith } from './fibre-schema.ts';
import { queueSchema } from './queue-schema.ts';
import { recordingSchema } from './trace/recording-schema.ts';

/** What differs on one path between the router and a site, and its events. */
export const pathSchemaWith = <Effects extends LinkEffects>(effects: Effects) =>
  z.strictObject({
    fibre: fibreOverrideSchemaWith(effects)
      .exactOptional()
      .describe('Keys of `network.fibre` that differ on this cable.'),
    laser: z
      .strictObject({
        upKbps: kbpsSchema.exactOptional().describe('Rate from a terminal to its satellite, on this path.'),
        downKbps: kbpsSchema.exactOptional().describe('Rate from a satellite to its terminal, on this path.'),
        lossRate: shareSchema.exactOptional().describe('Share of packets lost outside boundary events, on this path.'),
        burstLoss: burstLossSchema.exactOptional(),
        queue: queueSchema.exactOptional(),
        ...optionalEffectKeys<Effects['laser']>(effects.laser, 'paths.laser'),
        ...effectKeys<Effects['path']>(effects.path, 'paths.laser'),
      })
      .exactOptional()
      .describe('Keys of `network.laser` that differ on this path, and its outages.'),
    recorded: z
      .strictObject({
        fibre: recordingSchema.exactOptional().describe('What was measured over fibre.'),
        laser: recordingSchema.exactOptional().describe('What was measured over satellites.'),
      })
      .exactOptional()
      .describe('Links as they were measured from the router, played instead of what the network says of that medium.'),
    ...effectKeys<Effects['path']>(effects.path, 'paths'),
  });

export const pathSchema = pathSchemaWith(linkEffects);

export type PathConfig = z.output<typeof pathSchema>;
