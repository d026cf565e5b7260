import { z } from 'zod';
import { microsSchema } from '../../../core/config/quantity-schemas.ts';
import { drawAt, streamKey } from '../../../core/random/rng.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { linkEffect, type WayPlace } from './link-effect.ts';
import { withState } from './with-state.ts';

const schemaWith = (defaults: AccessOverhead) =>
  z
    .strictObject({
      floorUs: microsSchema.default(defaults.floorUs).describe('The least that is added one way, in microseconds.'),
      heldMedianUs: microsSchema.default(defaults.heldMedianUs).describe('Median of the part drawn once a slot.'),
      heldSigma: z.number().min(0).max(3).default(defaults.heldSigma).describe('How skewed that part is (lognormal).'),
      heldMostUs: microsSchema.default(defaults.heldMostUs).describe('The maximum of that part.'),
      jitterUs: microsSchema
        .default(defaults.jitterUs)
        .describe('Half-width of the variation within a slot; it only adds, so the mean rises by as much.'),
    })
    .describe('What frame scheduling and processing add in each direction.');

/**
 * What terminals add, drawn for each direction; a forecast knows the floor, the median and the jitter. Between two satellites
 * only the floor remains: there are no shared frames.
 */
export const overheadEffect = linkEffect({
  key: 'overhead',
  schema: (section) => schemaWith(section === 'access.starlink' ? OF_USERS : OF_SITES),
  usual: {},
  build: (config, { hasTerminal, slots, stream, direction }: WayPlace) => {
    const overhead = hasTerminal ? config : { ...config, heldMedianUs: 0, heldSigma: 0, jitterUs: 0 };
    return {
      actual: withAccessOverhead(slots, overhead, `${stream}/${direction}`),
      foreseen: withState((state) => ({
        ...state,
        delayUs: state.delayUs + overhead.floorUs + overhead.heldMedianUs + overhead.jitterUs,
        jitterUs: state.jitterUs + overhead.jitterUs,
      })),
    };
  },
});

/** What a terminal adds in one direction on top of geometry, by frame scheduling and processing. */
export interface AccessOverhead {
  /** The minimum that is added, in microseconds. */
  readonly floorUs: number;
  /** Median of the lognormal part that holds for a slot, in microseconds. */
  readonly heldMedianUs: number;
  /** Standard deviation of its logarithm. */
  readonly heldSigma: number;
  /** The maximum of the held part, in microseconds. */
  readonly heldMostUs: number;
  /** Half-width of the variation within a slot; it only adds, so the mean rises by as much. */
  readonly jitterUs: number;
}

/**
 * Adds a right-skewed overhead that is drawn once a slot, and jitter within it. `stream` names the random stream.
 * Fitted to round trips from user terminals to PoPs at ten sites: see `netem/data/README.md`.
 */
export const withAccessOverhead = (slots: TimeGrid, overhead: AccessOverhead, stream: string): Effect => {
  const { floorUs, heldMedianUs, heldSigma, heldMostUs, jitterUs } = overhead;
  const radiusKey = streamKey(`${stream}/radius`);
  const angleKey = streamKey(`${stream}/angle`);
  const heldUs = memoByIndex((slot) => {
    const normal =
      Math.sqrt(-2 * Math.log1p(-drawAt(radiusKey, slot))) * Math.cos(2 * Math.PI * drawAt(angleKey, slot));
    return Math.min(heldMostUs, heldMedianUs * Math.exp(heldSigma * normal));
  });
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return {
        ...state,
        delayUs: state.delayUs + floorUs + heldUs(slots.indexAt(atMs)) + jitterUs,
        jitterUs: state.jitterUs + jitterUs,
      };
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), slots.startMs(slots.indexAt(afterMs) + 1)),
  });
};

const OF_USERS = { floorUs: 2800, heldMedianUs: 2000, heldSigma: 1.8, heldMostUs: 25_000, jitterUs: 4500 };

// An assumption: nobody has published what an enterprise terminal adds; a user terminal adds ten times as much.
const OF_SITES = { floorUs: 500, heldMedianUs: 500, heldSigma: 0.6, heldMostUs: 5000, jitterUs: 300 };
