import { z } from 'zod';
import { windowSchema } from '../../../core/config/quantity-schemas.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { fibreDelayUs } from '../../sky/path/fibre-delay.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, nextEdgeIn, type Window, windowOf } from '../model/windows.ts';
import { type CablePlace, linkEffect } from './link-effect.ts';

const schema = z
  .array(
    windowSchema({
      convergenceS: z.number().min(0).max(3600).default(30).describe('How long nothing passes until routes agree.'),
      detourStretch: z
        .number()
        .min(1)
        .max(100)
        .optional()
        .describe('Stretch of the way around, never below the usual one. Without it nothing passes until the repair.'),
      planned: z
        .boolean()
        .default(false)
        .describe('Whether it was announced, as works are: a forecast knows of it then.'),
    }),
  )
  .max(100)
  .describe('Breaks of the cable, repaired at toS. Forecasts include the planned ones alone.');

/** Breaks of one cable, each with or without a detour. */
export const cutsEffect = linkEffect({
  key: 'cuts',
  schema: () => schema,
  usual: [],
  build: (cuts, place: CablePlace) => ({
    actual: withCuts(cuts.map((cut) => cutOf(cut, place))),
    foreseen: withCuts(cuts.filter(({ planned }) => planned).map((cut) => cutOf(cut, place))),
  }),
});

const cutOf = (
  { convergenceS, detourStretch, ...stretchOfTime }: z.output<typeof schema>[number],
  { greatCircleKm, stretch }: CablePlace,
): Cut => {
  const window = windowOf(stretchOfTime);
  if (detourStretch === undefined) return { ...window, detourFromMs: window.toMs, detourUs: 0 };
  const detourUs = fibreDelayUs(greatCircleKm, detourStretch) - fibreDelayUs(greatCircleKm, stretch);
  return {
    ...window,
    detourFromMs: Math.min(window.toMs, window.fromMs + convergenceS * 1000),
    detourUs: Math.max(0, detourUs),
  };
};

/** A break of a cable, from the cut to its repair. */
export interface Cut extends Window {
  /** When traffic has found its detour: nothing passes before. `toMs` or later when there is no detour. */
  readonly detourFromMs: Ms;
  /** How much longer the detour takes, in microseconds: at least 0. */
  readonly detourUs: number;
}

/** Takes the link down at each cut until traffic uses the detour, which lasts until the repair. The longest detour counts. */
const withCuts = (cuts: readonly Cut[]): Effect => {
  if (cuts.length === 0) return (link) => link;
  const outages = cuts.map(({ fromMs, toMs, detourFromMs }) => ({ fromMs, toMs: Math.min(toMs, detourFromMs) }));
  const nextEdgeAfter = nextEdgeIn([...cuts, ...outages]);
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      const current = cuts.filter((cut) => isWithin(atMs, cut));
      if (current.length === 0) return state;
      return {
        ...state,
        up: state.up && !outages.some((outage) => isWithin(atMs, outage)),
        delayUs: state.delayUs + Math.max(...current.map(({ detourUs }) => detourUs)),
      };
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), nextEdgeAfter(afterMs)),
  });
};
