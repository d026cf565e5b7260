import { z } from 'zod';
import { microsSchema } from '../../../core/config/quantity-schemas.ts';
import { lastingNormalAt, normalAt } from '../../../core/random/normal-at.ts';
import { normalQuantile } from '../../../core/stats/normal.ts';
import { ascending, quantile } from '../../../core/stats/quantile.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { Spread } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';
import { linkEffect, type WayPlace } from './link-effect.ts';
import { withState } from './with-state.ts';

const sigma = z.number().min(0).max(3);

const schemaWith = (defaults: AccessOverhead) =>
  z
    .strictObject({
      floorUs: microsSchema.default(defaults.floorUs).describe('The least that is added one way, in microseconds.'),
      heldMedianUs: microsSchema.default(defaults.heldMedianUs).describe('Median of the part drawn once a slot.'),
      heldSigma: sigma.default(defaults.heldSigma).describe('How skewed that part is (lognormal).'),
      heldMostUs: microsSchema.default(defaults.heldMostUs).describe('The maximum of that part.'),
      persistence: z
        .number()
        .min(0)
        .max(0.95)
        .default(defaults.persistence)
        .describe('Correlation of that part with that of the slot before; 0 draws each slot anew.'),
      uplinkWaitUs: microsSchema
        .default(defaults.uplinkWaitUs)
        .describe('The longest wait of a dish for its turn to send: evenly spread from 0, for each packet.'),
      variedMedianUs: microsSchema
        .default(defaults.variedMedianUs)
        .describe('Median of the queue towards a dish, drawn every half second.'),
      variedSigma: sigma.default(defaults.variedSigma).describe('How skewed that queue is (lognormal).'),
      variedMostUs: microsSchema.default(defaults.variedMostUs).describe('The maximum of that queue.'),
      jitterUs: microsSchema
        .default(defaults.jitterUs)
        .describe('Half-width of further variation within a slot; it only adds, so the mean rises by as much.'),
    })
    .describe('What frame scheduling and processing add in each direction.');

/**
 * What terminals add, drawn for each direction; a forecast knows the floor, the medians and the jitter. Between two satellites
 * only the floor remains: there are no shared frames.
 */
export const overheadEffect = linkEffect({
  key: 'overhead',
  schema: (section) => schemaWith(section === 'access.starlink' || section === 'clients' ? OF_USERS : OF_SITES),
  usual: {},
  build: (config, { slots, stream, direction, sender, receiver }: WayPlace) => {
    const overhead = partAt(config, { isFromDish: sender === 'dish', isToDish: receiver === 'dish' });
    const { jitterUs, delayUs, spread } = usualOverhead(overhead);
    return {
      actual: withAccessOverhead(slots, overhead, `${stream}/${direction}`),
      foreseen: withState((state) => ({
        ...state,
        delayUs: state.delayUs + delayUs,
        jitterUs: state.jitterUs + jitterUs,
      })),
      spread: () => spread,
    };
  },
});

/** What a terminal adds in one direction on top of geometry, by frame scheduling and processing. Times are in microseconds. */
export interface AccessOverhead {
  /** The minimum that is added. */
  readonly floorUs: number;
  /** Median of the lognormal part that holds for a slot. */
  readonly heldMedianUs: number;
  /** Standard deviation of its logarithm. */
  readonly heldSigma: number;
  /** The maximum of the held part. */
  readonly heldMostUs: number;
  /** Correlation of its logarithm with that of the slot before. */
  readonly persistence: number;
  /** The longest wait for a turn to send; waits are evenly spread from 0. */
  readonly uplinkWaitUs: number;
  /** Median of the lognormal part that is drawn every half second. */
  readonly variedMedianUs: number;
  readonly variedSigma: number;
  readonly variedMostUs: number;
  /** Half-width of further variation within a slot; it only adds, so the mean rises by as much. */
  readonly jitterUs: number;
}

/** What is left of an overhead in a direction: turns to send where a dish sends, its queue where a dish receives. */
const partAt = (
  overhead: AccessOverhead,
  { isFromDish, isToDish }: { readonly isFromDish: boolean; readonly isToDish: boolean },
): AccessOverhead => {
  if (!isFromDish && !isToDish) {
    return { ...overhead, heldMedianUs: 0, heldSigma: 0, uplinkWaitUs: 0, variedMedianUs: 0, jitterUs: 0 };
  }
  const uplinkWaitUs = isFromDish ? overhead.uplinkWaitUs : 0;
  return { ...overhead, uplinkWaitUs, variedMedianUs: isToDish ? overhead.variedMedianUs : 0 };
};

/**
 * Adds a right-skewed overhead that is drawn once a slot, one that is drawn every half second, and the wait for a turn to send, which
 * varies from packet to packet as jitter does. `stream` names the random stream.
 * Fitted to round trips from user terminals to PoPs at ten sites: see `netem/data/README.md`.
 */
export const withAccessOverhead = (slots: TimeGrid, overhead: AccessOverhead, stream: string): Effect => {
  const { floorUs, heldMedianUs, heldSigma, heldMostUs, persistence, variedMedianUs, variedSigma, variedMostUs } =
    overhead;
  const jitterUs = jitterOf(overhead);
  const heldNormal = lastingNormalAt(stream, persistence);
  const heldUs = memoByIndex((slot) => skewedUs(heldNormal(slot), heldMedianUs, heldSigma, heldMostUs));
  const variedNormal = normalAt(`${stream}/varied`);
  const variedUs =
    variedMedianUs === 0
      ? () => 0
      : memoByIndex((half) => skewedUs(variedNormal(half), variedMedianUs, variedSigma, variedMostUs));
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      const drawnUs = heldUs(slots.indexAt(atMs)) + variedUs(Math.floor(atMs / VARIED_MS));
      return {
        ...state,
        delayUs: state.delayUs + floorUs + drawnUs + jitterUs,
        jitterUs: state.jitterUs + jitterUs,
      };
    },
    nextChangeAfter(afterMs) {
      const change = earliest(link.nextChangeAfter(afterMs), slots.startMs(slots.indexAt(afterMs) + 1));
      return variedMedianUs === 0 ? change : earliest(change, (Math.floor(afterMs / VARIED_MS) + 1) * VARIED_MS);
    },
  });
};

/** The overhead without draws: floor, median of what is drawn, and jitter; and how far a packet may be from that, jitter included. */
interface UsualOverhead {
  readonly delayUs: number;
  readonly jitterUs: number;
  readonly spread: Spread;
}

/** It takes milliseconds, and most of the thousands of dishes of a scenario are alike: what was computed last is kept. */
const usualOverhead = (overhead: AccessOverhead): UsualOverhead => {
  const key = JSON.stringify(overhead);
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const computed = computedOverhead(overhead);
  KNOWN.set(key, computed);
  return computed;
};

const KNOWN = new Map<string, UsualOverhead>();
const MOST_KNOWN = 256;

const computedOverhead = (overhead: AccessOverhead): UsualOverhead => {
  const { floorUs, heldMedianUs, heldSigma, heldMostUs, variedMedianUs, variedSigma, variedMostUs } = overhead;
  const jitterUs = jitterOf(overhead);
  const held = NORMALS.map((normal) => skewedUs(normal, heldMedianUs, heldSigma, heldMostUs));
  const varied = NORMALS.map((normal) => skewedUs(normal, variedMedianUs, variedSigma, variedMostUs));
  const drawn = ascending(held.flatMap((heldUs) => varied.map((variedUs) => heldUs + variedUs)));
  const medianUs = variedMedianUs === 0 ? Math.min(heldMedianUs, heldMostUs) : quantile(drawn, 0.5);
  const jittered = ascending([...drawn].flatMap((us) => EVENLY.map((share) => us + share * jitterUs)));
  return {
    delayUs: floorUs + medianUs + jitterUs,
    jitterUs,
    spread: {
      belowUs: Math.max(0, medianUs - quantile(jittered, 0.05)),
      aboveUs: Math.max(0, quantile(jittered, 0.95) - medianUs),
    },
  };
};

/** Evenly spaced quantiles of a standard normal, and of the jitter of half-width 1. */
const NORMALS = Array.from({ length: 41 }, (_, index) => normalQuantile((index + 0.5) / 41));
const EVENLY = Array.from({ length: 9 }, (_, index) => (2 * (index + 0.5)) / 9 - 1);

/** Waits for a turn are evenly spread from 0, so half of the longest is the half-width around its mean. */
const jitterOf = ({ jitterUs, uplinkWaitUs }: AccessOverhead): number => jitterUs + uplinkWaitUs / 2;

/** A lognormal time, cut off at `mostUs`, from a draw of the standard normal. */
export const skewedUs = (normal: number, medianUs: number, sigma: number, mostUs: number): number =>
  Math.min(mostUs, medianUs * Math.exp(sigma * normal));

/** How long the queue towards a dish stays as it was drawn. */
const VARIED_MS = 500;

const OF_USERS = {
  floorUs: 1900,
  heldMedianUs: 2300,
  heldSigma: 1.1,
  heldMostUs: 80_000,
  persistence: 0,
  uplinkWaitUs: 18_500,
  variedMedianUs: 2250,
  variedSigma: 0.65,
  variedMostUs: 80_000,
  jitterUs: 0,
};

// An assumption: nobody has published what an enterprise terminal adds; a user terminal adds ten times as much.
const OF_SITES = {
  floorUs: 500,
  heldMedianUs: 500,
  heldSigma: 0.6,
  heldMostUs: 5000,
  persistence: 0,
  uplinkWaitUs: 0,
  variedMedianUs: 0,
  variedSigma: 0,
  variedMostUs: 5000,
  jitterUs: 300,
};
