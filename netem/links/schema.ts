import { z } from 'zod';
import { kbpsSchema, microsSchema, shareSchema, windowSchema } from '../../core/config/quantity-schemas.ts';
import { failuresSchema } from '../sky/failures-schema.ts';
import { constellationSchema } from '../sky/orbit/constellation-schema.ts';
import { fibreSchema } from './fibre-schema.ts';

const boundarySchema = z
  .strictObject({
    durationMs: z.number().min(0).max(2500).default(150).describe('How long nothing passes; 0 turns the event off.'),
    leadMs: z.number().min(0).max(2500).default(175).describe('How long before the start of a slot it begins.'),
    spread: z.number().min(0).max(0.9).default(0.2).describe('How far both vary from slot to slot, as a share.'),
  })
  .prefault({})
  .describe('The interruption around each start of a 15 s slot, when terminals are given their next satellite.');

const overheadSchema = (defaults: {
  readonly floorUs: number;
  readonly heldMedianUs: number;
  readonly heldSigma: number;
  readonly heldMostUs: number;
  readonly jitterUs: number;
}) =>
  z
    .strictObject({
      floorUs: microsSchema.default(defaults.floorUs).describe('The least that is added one way, in microseconds.'),
      heldMedianUs: microsSchema.default(defaults.heldMedianUs).describe('Median of the part drawn once a slot.'),
      heldSigma: z.number().min(0).max(3).default(defaults.heldSigma).describe('How skewed that part is (lognormal).'),
      heldMostUs: microsSchema.default(defaults.heldMostUs).describe('What that part never passes.'),
      jitterUs: microsSchema
        .default(defaults.jitterUs)
        .describe('Half-width of the variation within a slot; it only adds, so the mean rises by as much.'),
    })
    .prefault({})
    .describe('What frame scheduling and processing add in each direction.');

/**
 * A user's own downloads. Full load brings the round trip near what was measured under a download, p50 95, p95 175 and p99 210
 * ms. Its loss is the rise that was measured, from 0.4 % to 1.6-2.0 %; interruptions come on top of it.
 * Source: Michel and others, IMC 2022.
 */
const loadSchema = z
  .strictObject({
    share: shareSchema.default(0).describe('Load of the whole run: 0 is light, 1 a download that fills the link.'),
    windows: z
      .array(windowSchema({ share: shareSchema.describe('The load in between, instead of that of the whole run.') }))
      .max(1000)
      .default([])
      .describe('Stretches with a load of their own; no forecast knows of them.'),
    queueUs: microsSchema.default(49_000).describe('Median wait at full load, in microseconds.'),
    queueSkew: z.number().min(0).max(2).default(0.65).describe('How skewed the waits are; 0 makes them all equal.'),
    jitterUs: microsSchema.default(8000).describe('Half-width of the variation at full load; it only adds.'),
    lossRate: shareSchema.default(0.014).describe('Share of packets lost at full load, besides other losses.'),
  })
  .prefault({})
  .describe('What the downloads of users add to their own delay.');

/** A path through space between two sites that both have a terminal: no PoP, no gateway. */
const laserSchema = z
  .strictObject({
    upKbps: kbpsSchema.default(200_000).describe('Rate from a terminal to its satellite, in kilobits a second.'),
    downKbps: kbpsSchema.default(1_000_000).describe('Rate from a satellite to its terminal, in kilobits a second.'),
    lossRate: shareSchema.default(0.0001).describe('Share of packets lost outside boundary events.'),
    // An assumption: nobody has published what a terminal of an enterprise adds; a user's adds ten times as much.
    overhead: overheadSchema({ floorUs: 500, heldMedianUs: 500, heldSigma: 0.6, heldMostUs: 5000, jitterUs: 300 }),
    boundary: boundarySchema,
  })
  .prefault({});

/** A user's dish: up to a satellite, down to a gateway, to the PoP, and on by fibre. */
const starlinkSchema = z
  .strictObject({
    upKbps: kbpsSchema
      .default(17_000)
      .describe('Rate from the user, in kilobits a second: the median that was measured.'),
    downKbps: kbpsSchema
      .default(178_000)
      .describe('Rate to the user, in kilobits a second: the median that was measured.'),
    lossRate: shareSchema.default(0.0005).describe('Share of packets lost outside boundary events.'),
    gatewayReachKm: z.number().min(0).max(20_000).default(1000).describe('How far a gateway may be from its PoP.'),
    gateways: z.int().min(1).max(50).default(8).describe('How many of the nearest gateways a PoP uses.'),
    overhead: overheadSchema({
      floorUs: 2800,
      heldMedianUs: 2000,
      heldSigma: 1.8,
      heldMostUs: 25_000,
      jitterUs: 4500,
    }),
    boundary: boundarySchema,
    load: loadSchema,
  })
  .prefault({});

/** The constellation, and what each kind of path is like. `{}` is a complete network. */
export const networkSchema = z.strictObject({
  constellation: constellationSchema
    .safeExtend({ failures: failuresSchema.optional().describe('Satellites and lasers that break.') })
    .prefault({})
    .describe('Which satellites there are and how they are used.'),
  stepMs: z
    .int()
    .min(10)
    .max(15_000)
    .default(1000)
    .describe('How often geometry is computed anew within a slot, in milliseconds.'),
  fibre: fibreSchema({ equipmentUs: 200, jitterUs: 100, rateKbps: 10_000_000 }).describe(
    'Cables between sites, and from a PoP to a site.',
  ),
  laser: laserSchema.describe('Paths through space between two sites that both have a terminal.'),
  access: z
    .strictObject({
      fibre: fibreSchema({ equipmentUs: 2000, jitterUs: 500, rateKbps: 500_000 }).describe(
        'Cables from users to the router.',
      ),
      starlink: starlinkSchema.describe('Dishes of users.'),
    })
    .prefault({})
    .describe('How users reach the router.'),
});

export type NetworkConfig = z.output<typeof networkSchema>;
