import { z } from 'zod';
import { microsSchema, shareSchema, windowSchema } from '../../../core/config/quantity-schemas.ts';
import { lastingNormalAt, normalAt } from '../../../core/random/normal-at.ts';
import { normalCdf } from '../../../core/stats/normal.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { SpreadAt } from '../model/foreseeable.ts';
import type { Effect, LinkState } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { type DishPlace, linkEffect } from './link-effect.ts';
import { busyShareAt, type LocalDay } from './local-hours.ts';
import { losing } from './with-loss.ts';

/** The keys of the load of one half of a dish; the defaults are those of a full load. */
const halfShape = (defaults: QueueAtFullLoad) => ({
  share: shareSchema.default(0).describe('Load of the whole run: 0 is light, 1 a transfer that fills the link.'),
  windows: z
    .array(windowSchema({ share: shareSchema.describe('The load in between, instead of that of the whole run.') }))
    .max(1000)
    .default([])
    .describe('Stretches with a load of their own; forecasts do not include them.'),
  busyShare: shareSchema
    .default(0)
    .describe('Load at the busiest hour, where it is higher than that of the whole run; less at other hours.'),
  queueUs: microsSchema.default(defaults.queueUs).describe('Median wait at full load, in microseconds.'),
  queueSkew: z
    .number()
    .min(0)
    .max(2)
    .default(defaults.queueSkew)
    .describe('How skewed the waits are; 0 makes them all equal.'),
  jitterUs: microsSchema.default(defaults.jitterUs).describe('Half-width of the variation at full load; it only adds.'),
  lossRate: shareSchema
    .default(defaults.lossRate)
    .describe('Share of packets lost at full load, besides other losses.'),
});

/**
 * What users transfer themselves. Full load brings the round trip near what was measured under a download, p50 95, p95 175 and p99
 * 210 ms, and under an upload, 104, 237 and 310. Its loss is the measured rise, from 0.4 % to 1.6 to 2.0 %; interruptions come on top
 * of it. How long a wait lasts is an assumption.
 * Source: Michel and others, IMC 2022.
 */
const schema = z
  .strictObject({
    ...halfShape({ queueUs: 49_000, queueSkew: 0.67, jitterUs: 8000, lossRate: 0.014 }),
    upload: z
      .strictObject(halfShape({ queueUs: 60_000, queueSkew: 0.8, jitterUs: 8000, lossRate: 0.016 }))
      .prefault({})
      .describe('The same for uploads, which fill the queue away from the dish.'),
    peakHour: z.number().min(0).lt(24).default(19.5).describe('The busiest hour, in hours of local solar time.'),
    persistence: z
      .number()
      .min(0)
      .max(0.95)
      .default(0.7)
      .describe('Correlation of what a wait has in common with its slot, with that of the slot before.'),
  })
  .describe('What the downloads and uploads of users add to their own delay.');

/** The queues of a dish that its own transfers fill; a forecast knows the usual load and its hours, with the median wait. */
export const loadEffect = linkEffect({
  key: 'load',
  schema: () => schema,
  usual: {},
  build: ({ upload, peakHour, persistence, ...download }, { leg, stream, slots, epochUnixMs, lonDeg }: DishPlace) => {
    const { windows, ...half } = leg === 'uplink' ? upload : download;
    const load = { ...half, windows: windows.map((window) => ({ ...windowOf(window), share: window.share })) };
    const day = { epochUnixMs, lonDeg, peakHour };
    return {
      actual: withLoad(slots, day, load, { stream: `${stream}/${leg}`, persistence }),
      foreseen: withLoad(slots, day, { ...load, windows: [], queueSkew: 0 }, { stream, persistence: 0 }),
      spread: spreadOf(load, usualShareIn(slots, day, load)),
    };
  },
});

interface QueueAtFullLoad {
  /** Median wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** How skewed the waits are: the inverse of a Weibull's shape. */
  readonly queueSkew: number;
  /** Half-width of the variation on top; it only adds. */
  readonly jitterUs: number;
  readonly lossRate: number;
}

/** How a user's own traffic fills one queue of their dish. The numbers are those of full load; lower loads scale them down. */
export interface Load extends QueueAtFullLoad {
  /** Load of the whole run, 0 to 1. */
  readonly share: number;
  /** Load at the busiest hour of the day. */
  readonly busyShare: number;
  /** Stretches of run time with a share of their own; where they overlap, the highest counts. */
  readonly windows: readonly (Window & { readonly share: number })[];
}

/**
 * Adds queueing, jitter and loss. A wait is drawn every half second; half of the variance of what it is drawn from is shared by its slot,
 * and resembles that of the slot before by `persistence`. `stream` names the random stream.
 */
export const withLoad = (
  slots: TimeGrid,
  day: LocalDay,
  load: Load,
  { stream, persistence }: { readonly stream: string; readonly persistence: number },
): Effect => {
  const { share, busyShare, windows } = load;
  if (share === 0 && busyShare === 0 && windows.length === 0) return (link) => link;
  const ofSlot = memoByIndex(lastingNormalAt(`${stream}/slot`, persistence));
  const ofHalf = memoByIndex(normalAt(stream));
  const nextEdgeAfter = nextEdgeIn(windows);
  const usualShareAt = usualShareIn(slots, day, load);
  const shareAt = (atMs: Ms): number => {
    const scripted = windows.filter((window) => isWithin(atMs, window));
    return scripted.length === 0 ? usualShareAt(atMs) : Math.max(...scripted.map((window) => window.share));
  };
  const waitUs = (atMs: Ms): number => {
    if (load.queueSkew === 0) return load.queueUs;
    const normal = (ofSlot(slots.indexAt(atMs)) + ofHalf(Math.floor(atMs / HELD_MS))) * Math.SQRT1_2;
    return weibullUs(normalCdf(normal), load);
  };
  return (link) => ({
    stateAt: (atMs) => loaded(link.stateAt(atMs), load, shareAt(atMs), waitUs(atMs)),
    nextChangeAfter(afterMs) {
      const change = earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs));
      const nextSlotMs = slots.startMs(slots.indexAt(afterMs) + 1);
      return earliest(change, Math.min(nextSlotMs, (Math.floor(afterMs / HELD_MS) + 1) * HELD_MS));
    },
  });
};

/** The load without a script: constant in a slot. */
const usualShareIn = (slots: TimeGrid, day: LocalDay, { share, busyShare }: Load): ((atMs: Ms) => number) => {
  if (busyShare === 0) return () => share;
  const inSlot = memoByIndex((slot) => Math.max(share, busyShare * busyShareAt(day, slots.startMs(slot))));
  return (atMs) => inSlot(slots.indexAt(atMs));
};

/** How far a wait, jitter included, is from the median wait. */
const spreadOf = (load: Load, shareAt: (atMs: Ms) => number): SpreadAt => {
  const jitterUs = 0.9 * load.jitterUs;
  const belowUs = Math.hypot(load.queueUs - weibullUs(0.05, load), jitterUs);
  const aboveUs = Math.hypot(weibullUs(0.95, load) - load.queueUs, jitterUs);
  return (atMs) => ({ belowUs: shareAt(atMs) * belowUs, aboveUs: shareAt(atMs) * aboveUs });
};

const HELD_MS = 500;

/** The wait that is longer than a share `below` of all waits. */
const weibullUs = (below: number, { queueUs, queueSkew }: QueueAtFullLoad): number =>
  queueUs * (-Math.log1p(-Math.min(below, MOST)) / Math.LN2) ** queueSkew;

/** A share of 1 would be an endless wait. */
const MOST = 1 - 1e-9;

const loaded = (state: LinkState, load: QueueAtFullLoad, share: number, waitUs: number): LinkState => ({
  ...losing(state, { lossRate: share * load.lossRate }),
  delayUs: state.delayUs + share * (waitUs + load.jitterUs),
  jitterUs: state.jitterUs + share * load.jitterUs,
});
