import { z } from 'zod';
import { microsSchema, shareSchema, windowSchema } from '../../../core/config/quantity-schemas.ts';
import { drawAt, streamKey } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { earliest } from '../model/earliest.ts';
import { foreseeable } from '../model/foreseeable.ts';
import type { Effect, LinkState } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { type DishPlace, linkEffect } from './link-effect.ts';
import { losing } from './with-loss.ts';
import { withState } from './with-state.ts';

/**
 * A user's own downloads. Full load brings the round trip near what was measured under a download, p50 95, p95 175 and p99 210
 * ms. Its loss is the measured rise, from 0.4 % to 1.6-2.0 %; interruptions come on top of it.
 * Source: Michel and others, IMC 2022.
 */
const schema = z
  .strictObject({
    share: shareSchema.default(0).describe('Load of the whole run: 0 is light, 1 a download that fills the link.'),
    windows: z
      .array(windowSchema({ share: shareSchema.describe('The load in between, instead of that of the whole run.') }))
      .max(1000)
      .default([])
      .describe('Stretches with a load of their own; forecasts do not include them.'),
    queueUs: microsSchema.default(49_000).describe('Median wait at full load, in microseconds.'),
    queueSkew: z.number().min(0).max(2).default(0.65).describe('How skewed the waits are; 0 makes them all equal.'),
    jitterUs: microsSchema.default(8000).describe('Half-width of the variation at full load; it only adds.'),
    lossRate: shareSchema.default(0.014).describe('Share of packets lost at full load, besides other losses.'),
  })
  .describe('What the downloads of users add to their own delay.');

/** The queue towards users that their downloads fill; a forecast knows the usual load, with its median wait. */
export const loadEffect = linkEffect({
  key: 'load',
  schema: () => schema,
  usual: {},
  build: (config, { leg, stream }: DishPlace) => {
    if (leg === 'uplink') return foreseeable((link) => link);
    const load = { ...config, windows: config.windows.map((window) => ({ ...windowOf(window), share: window.share })) };
    return { actual: withLoad(load, stream), foreseen: withUsualLoad(load) };
  },
});

/** How a user's own traffic fills the queue of their dish. The numbers are those of full load; lower loads scale them down. */
export interface Load {
  /** Load of the whole run, 0 to 1. */
  readonly share: number;
  /** Stretches of run time with a share of their own; where they overlap, the highest counts. */
  readonly windows: readonly (Window & { readonly share: number })[];
  /** Median wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** How skewed the waits are: the inverse of a Weibull's shape. */
  readonly queueSkew: number;
  /** Half-width of the variation on top; it only adds. */
  readonly jitterUs: number;
  readonly lossRate: number;
}

/** Adds queueing that is drawn again every half second, jitter and loss. `stream` names the random stream. */
export const withLoad = (load: Load, stream: string): Effect => {
  if (load.share === 0 && load.windows.length === 0) return (link) => link;
  const key = streamKey(stream);
  const nextEdgeAfter = nextEdgeIn(load.windows);
  const shareAt = (atMs: Ms): number => {
    const scripted = load.windows.filter((window) => isWithin(atMs, window));
    return scripted.length === 0 ? load.share : Math.max(...scripted.map(({ share }) => share));
  };
  return (link) => ({
    stateAt(atMs) {
      const draw = drawAt(key, Math.floor(atMs / HELD_MS));
      return loaded(link.stateAt(atMs), load, shareAt(atMs), waitAt(draw, load));
    },
    nextChangeAfter(afterMs) {
      const change = earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs));
      return earliest(change, (Math.floor(afterMs / HELD_MS) + 1) * HELD_MS);
    },
  });
};

/** The expected queue without draws and script: the load of the whole run, and the median wait. */
export const withUsualLoad = (load: Load): Effect =>
  load.share === 0 ? (link) => link : withState((state) => loaded(state, load, load.share, load.queueUs));

const HELD_MS = 500;

/** The wait that is longer than a share `draw` of all waits. */
const waitAt = (draw: number, { queueUs, queueSkew }: Load): number =>
  queueUs * (-Math.log1p(-draw) / Math.LN2) ** queueSkew;

const loaded = (state: LinkState, load: Load, share: number, waitUs: number): LinkState => ({
  ...losing(state, { lossRate: share * load.lossRate }),
  delayUs: state.delayUs + share * (waitUs + load.jitterUs),
  jitterUs: state.jitterUs + share * load.jitterUs,
});
