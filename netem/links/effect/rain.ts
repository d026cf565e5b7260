import { z } from 'zod';
import { shareSchema, windowSchema } from '../../../core/config/quantity-schemas.ts';
import { earliest } from '../model/earliest.ts';
import { unforeseen } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { linkEffect } from './link-effect.ts';
import { losing } from './with-loss.ts';

const schema = z
  .array(
    windowSchema({
      lossRate: shareSchema.default(0.02).describe('Share of packets lost on top.'),
      rateFactor: z.number().positive().max(1).default(0.5).describe('What is left of the rate, as a share.'),
    }),
  )
  .max(1000)
  .describe('Showers over its terminal and the dishes of its users; forecasts of delays do not include them.');

/** Showers over the dish of a site, at either end of a path. */
export const rainEffect = linkEffect({
  key: 'rain',
  schema: () => schema,
  usual: [],
  build: (showers) => unforeseen(withRain(showers.map((shower) => ({ ...shower, ...windowOf(shower) })))),
});

/** A shower over a terminal. */
export interface Rain extends Window {
  /** Share of packets lost on top, 0 to 1. */
  readonly lossRate: number;
  /** The share of the rate that is left: more than 0, at most 1. */
  readonly rateFactor: number;
}

/** Loses packets and lowers the rate while it rains; overlapping showers, at either end, combine. An unlimited rate stays so. */
export const withRain = (showers: readonly Rain[]): Effect => {
  if (showers.length === 0) return (link) => link;
  const nextEdgeAfter = nextEdgeIn(showers);
  return (link) => ({
    stateAt: (atMs) =>
      showers
        .filter((shower) => isWithin(atMs, shower))
        .reduce(
          (state, { lossRate, rateFactor }) => ({
            ...losing(state, { lossRate }),
            rateKbps: state.rateKbps * rateFactor,
          }),
          link.stateAt(atMs),
        ),
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
