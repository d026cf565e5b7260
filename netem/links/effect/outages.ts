import { z } from 'zod';
import { windowSchema } from '../../../core/config/quantity-schemas.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { linkEffect } from './link-effect.ts';

const schema = z
  .array(
    windowSchema({
      planned: z.boolean().default(false).describe('Whether it was announced: a forecast knows of it then.'),
    }),
  )
  .max(1000);

/** Stretches in which nothing passes; a forecast knows only the planned ones. */
export const outagesEffect = linkEffect({
  key: 'outages',
  schema: (section) =>
    schema.describe(
      section === 'paths.laser'
        ? 'When nothing passes through space: weather, an obstruction.'
        : 'When nothing passes, over any medium.',
    ),
  usual: [],
  build: (outages) => ({
    actual: withOutages(outages.map(windowOf)),
    foreseen: withOutages(outages.filter(({ planned }) => planned).map(windowOf)),
  }),
});

/** Takes the link down for the given stretches of run time; they may overlap. */
export const withOutages = (outages: readonly Window[]): Effect => {
  if (outages.length === 0) return (link) => link;
  const nextEdgeAfter = nextEdgeIn(outages);
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return outages.some((outage) => isWithin(atMs, outage)) ? { ...state, up: false } : state;
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
