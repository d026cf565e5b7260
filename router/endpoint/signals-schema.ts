import type { Made, Zod } from '../../core/config/schema-maker.ts';

export const signalsSchema = (z: Zod) =>
  z
    .strictObject({
      inBand: z
        .boolean()
        .default(true)
        .describe('Whether the load reports count that come with answers. Answers to probes count in any case.'),
      outOfBand: z
        .strictObject({
          everyMs: z
            .number()
            .min(100)
            .max(3_600_000)
            .describe('How often each node reports, over each path to it, in milliseconds; nodes send no faster.'),
        })
        .nullable()
        .default(null)
        .describe(
          'Asks nodes for load reports on streams of their own (xds.service.orca.v3.OpenRcaService). Default: it does not.',
        ),
    })
    .describe('Where the router hears of the load of nodes.');

export type SignalSettings = Made<typeof signalsSchema>;
