import { z } from 'zod';
import { shareSchema } from '../../core/config/quantity-schemas.ts';

const satellite = z.int().min(0);

/** Satellites and lasers that are broken for a while. */
export const failuresSchema = z
  .strictObject({
    satellites: z.array(satellite).max(100_000).default([]).describe('Satellites that fail, by their numbers from 0.'),
    satelliteShare: shareSchema.default(0).describe('Share of all satellites that also fail, drawn from the seed.'),
    lasers: z
      .array(z.tuple([satellite, satellite]))
      .max(100_000)
      .default([])
      .describe('Lasers that fail, each given as the two satellites it links.'),
    laserShare: shareSchema.default(0).describe('Share of all lasers that also fail, drawn from the seed.'),
    fromS: z.number().min(0).default(0).describe('When they fail, in seconds of the run.'),
    toS: z
      .number()
      .positive()
      .optional()
      .describe('When they work again, in seconds of the run. Without it they stay broken.'),
    planned: z.boolean().default(false).describe('Whether the failure is announced. If so, a forecast knows of it.'),
  })
  .refine(({ fromS, toS }) => toS === undefined || fromS < toS, 'expected fromS before toS');

export type FailuresConfig = z.output<typeof failuresSchema>;
