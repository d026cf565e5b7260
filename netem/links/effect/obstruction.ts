import { z } from 'zod';
import { shareSchema } from '../../../core/config/quantity-schemas.ts';
import { drawAt, streamKey } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import { SLOT_MS, type TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import { unforeseen } from '../model/foreseeable.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, type Window } from '../model/windows.ts';
import { type DishPlace, linkEffect } from './link-effect.ts';

/**
 * A tree or a wall in the view of a dish. How often and how long differs from dish to dish, so it is off by default, and the numbers are
 * assumptions; one dish among trees was obstructed for 38 minutes in 12 hours, most often for a second (blog.beerriot.com, 2021).
 * The pass is computed: at 550 km one revolution takes 95.6 minutes, and the 22 satellites of a plane follow each other over nearly
 * the same ground.
 */
const schema = z
  .strictObject({
    slotShare: shareSchema.default(0).describe('Share of the slots in which the satellite passes behind it; 0 is off.'),
    durationMs: z.number().min(1).max(5000).default(2000).describe('How long nothing passes then.'),
    spread: z.number().min(0).max(0.9).default(0.5).describe('How far that varies, as a share.'),
    passS: z
      .number()
      .min(30)
      .max(86_400)
      .default(261)
      .describe('When the next satellite follows on the same track: obstructed slots come again after that.'),
    arcChance: shareSchema
      .min(0.01)
      .default(0.7)
      .describe('How likely a slot is obstructed while satellites are in the blocked part of the sky.'),
  })
  .describe(
    'A part of the sky that is blocked: short outages that repeat with the pass of the satellites. Not foreseen.',
  );

/** What blocks a part of the sky over a dish, for all its paths at once. */
export const obstructionEffect = linkEffect({
  key: 'obstruction',
  schema: () => schema,
  usual: {},
  build: (config, { slots, stream }: DishPlace) => unforeseen(withObstruction(slots, config, stream)),
});

export interface Obstruction {
  /** Share of all slots with an outage, 0 to 1. */
  readonly slotShare: number;
  readonly durationMs: Ms;
  /** How far the duration varies, as a share of itself: at least 0, less than 1. */
  readonly spread: number;
  /** After how long the satellites are where they were. */
  readonly passS: number;
  /** Chance of an outage in a slot of the blocked part of a pass; more than 0. It is raised to `slotShare` where that is higher. */
  readonly arcChance: number;
}

/**
 * Takes the link down for a moment of some slots. The blocked part of the sky is one stretch of each pass; its place is drawn once for
 * a dish. A slot that starts in it has an outage with the chance `arcChance`, at any moment of the slot; the stretch is as long as
 * `slotShare` of all slots needs. `stream` names the random stream: all links of a dish share one.
 */
export const withObstruction = (slots: TimeGrid, obstruction: Obstruction, stream: string): Effect => {
  const { slotShare, durationMs, spread, passS } = obstruction;
  if (slotShare === 0) return (link) => link;
  const chance = Math.max(obstruction.arcChance, slotShare);
  const arcBegins = drawAt(streamKey(`${stream}/arc`), 0);
  const hitKey = streamKey(`${stream}/hit`);
  const lengthKey = streamKey(`${stream}/duration`);
  const placeKey = streamKey(`${stream}/place`);
  const outageOf = memoByIndex((slot): Window => {
    const startMs = slots.startMs(slot);
    const passed = (slot * SLOT_MS) / (passS * 1000) - arcBegins;
    const isInArc = passed - Math.floor(passed) < slotShare / chance;
    if (!isInArc || drawAt(hitKey, slot) >= chance) return { fromMs: startMs, toMs: startMs };
    const lengthMs = durationMs * (1 + spread * (2 * drawAt(lengthKey, slot) - 1));
    const fromMs = startMs + drawAt(placeKey, slot) * (SLOT_MS - lengthMs);
    return { fromMs, toMs: fromMs + lengthMs };
  });
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return isWithin(atMs, outageOf(slots.indexAt(atMs))) ? { ...state, up: false } : state;
    },
    nextChangeAfter(afterMs) {
      const slot = slots.indexAt(afterMs);
      const { fromMs, toMs } = outageOf(slot);
      const edgeMs = [fromMs, toMs].find((atMs) => atMs > afterMs) ?? slots.startMs(slot + 1);
      return earliest(link.nextChangeAfter(afterMs), edgeMs);
    },
  });
};
