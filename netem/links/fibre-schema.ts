import { z } from 'zod';
import { kbpsSchema, microsSchema, shareSchema, windowSchema } from '../../core/config/quantity-schemas.ts';

const congestionShape = {
  queueUs: microsSchema.default(5000).describe('The least wait in its queues, one way, in microseconds.'),
  jitterUs: microsSchema
    .default(1000)
    .describe('Half-width of the variation on top, in microseconds; it only adds, so the mean rises by as much.'),
  lossRate: shareSchema.default(0.001).describe('Share of packets lost on top.'),
};

const congestionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('daily'),
      peakHourUtc: z
        .number()
        .min(0)
        .lt(24)
        .describe('When it is worst, in hours UTC; twelve hours later there is none.'),
      ...congestionShape,
    }),
    z.strictObject({
      kind: z.literal('windows'),
      windows: z
        .array(windowSchema(congestionShape))
        .max(1000)
        .describe('Stretches of the run; those that overlap add up. No forecast knows of them.'),
    }),
  ])
  .describe('What the traffic of others adds: nothing, the same every day, or a script.');

const cutsSchema = z
  .array(
    windowSchema({
      convergenceS: z.number().min(0).max(3600).default(30).describe('How long nothing passes until routes agree.'),
      detourStretch: z
        .number()
        .min(1)
        .max(100)
        .optional()
        .describe('Stretch of the way around, never below the usual one. Without it nothing passes until the repair.'),
    }),
  )
  .max(100)
  .describe('Breaks of the cable, repaired at toS. No forecast knows of them.');

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
  rateKbps: kbpsSchema.describe('Rate in kilobits a second; 0 is unlimited.'),
  congestion: congestionSchema,
  cuts: cutsSchema,
};

/** A cable; the defaults differ between a line between data centres and one to a user's home. */
export const fibreSchema = (defaults: {
  readonly equipmentUs: number;
  readonly jitterUs: number;
  readonly rateKbps: number;
}) =>
  z
    .strictObject({
      stretch: fibreShape.stretch.default(1.4),
      equipmentUs: fibreShape.equipmentUs.default(defaults.equipmentUs),
      hops: fibreShape.hops.default(0),
      // An assumption: a router of today forwards within tens of microseconds when its queues are empty.
      hopUs: fibreShape.hopUs.default(25),
      jitterUs: fibreShape.jitterUs.default(defaults.jitterUs),
      lossRate: fibreShape.lossRate.default(0.00001),
      rateKbps: fibreShape.rateKbps.default(defaults.rateKbps),
      congestion: fibreShape.congestion.default({ kind: 'none' }),
      cuts: fibreShape.cuts.default([]),
    })
    .prefault({});

/** What one cable has otherwise than the rest. */
export const fibreOverrideSchema = z.strictObject({
  stretch: fibreShape.stretch.exactOptional(),
  equipmentUs: fibreShape.equipmentUs.exactOptional(),
  hops: fibreShape.hops.exactOptional(),
  hopUs: fibreShape.hopUs.exactOptional(),
  jitterUs: fibreShape.jitterUs.exactOptional(),
  lossRate: fibreShape.lossRate.exactOptional(),
  rateKbps: fibreShape.rateKbps.exactOptional(),
  congestion: fibreShape.congestion.exactOptional(),
  cuts: fibreShape.cuts.exactOptional(),
});

export type FibreConfig = z.output<ReturnType<typeof fibreSchema>>;
