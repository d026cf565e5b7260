import { z } from 'zod';
import { shareSchema } from '../../core/config/quantity-schemas.ts';

const satellite = z.int().min(0);

/** Satellites and lasers that are broken for a while. */
export const failuresSchema = z
  .strictObject({
    satellites: z.array(satellite).max(100_000).default([]).describe('Satellites that fail, by their numbers from 0.'),
    satelliteShare: shareSchema.default(0).describe('Share of all satellites that fails besides, drawn by the seed.'),
    lasers: z
      .array(z.tuple([satellite, satellite]))
      .max(100_000)
      .default([])
      .describe('Lasers that fail, each as the two satellites it links.'),
    laserShare: shareSchema.default(0).describe('Share of all lasers that fails besides, drawn by the seed.'),
    fromS: z.number().min(0).default(0).describe('When they fail, in seconds of the run.'),
    toS: z.number().positive().optional().describe('When they work again. Without it they stay broken.'),
    planned: z.boolean().default(false).describe('Whether it was announced: a forecast knows of it then.'),
  })
  .refine(({ fromS, toS }) => toS === undefined || fromS < toS, 'expected fromS before toS');

export type FailuresConfig = z.output<typeof failuresSchema>;
