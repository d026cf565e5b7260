import { z } from 'zod';
import { kbpsSchema, shareSchema, windowSchema } from '../../core/config/quantity-schemas.ts';
import { fibreOverrideSchema } from './fibre-schema.ts';

const outagesSchema = z
  .array(
    windowSchema({
      planned: z.boolean().default(false).describe('Whether it was announced: a forecast knows of it then.'),
    }),
  )
  .max(1000);

/** What one path between the router and a site has otherwise than the rest, and what befalls it. */
export const pathSchema = z.strictObject({
  fibre: fibreOverrideSchema.exactOptional().describe('Keys of `network.fibre` that are otherwise on this cable.'),
  laser: z
    .strictObject({
      upKbps: kbpsSchema.exactOptional().describe('Rate from a terminal to its satellite, on this path.'),
      downKbps: kbpsSchema.exactOptional().describe('Rate from a satellite to its terminal, on this path.'),
      lossRate: shareSchema.exactOptional().describe('Share of packets lost outside boundary events, on this path.'),
      outages: outagesSchema.default([]).describe('When nothing passes through space: weather, an obstruction.'),
    })
    .exactOptional()
    .describe('Keys of `network.laser` that are otherwise on this path, and its outages.'),
  outages: outagesSchema.default([]).describe('When nothing passes, over any medium.'),
});

export const rainSchema = z
  .array(
    windowSchema({
      lossRate: shareSchema.default(0.02).describe('Share of packets lost on top.'),
      rateFactor: z.number().positive().max(1).default(0.5).describe('What is left of the rate, as a share.'),
    }),
  )
  .max(1000);

export type PathConfig = z.output<typeof pathSchema>;

export type RainConfig = z.output<typeof rainSchema>;
