import { z } from 'zod';
import { drawAt, streamKey } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { memoByIndex } from '../../sky/path/memo-by-index.ts';
import type { TimeGrid } from '../../sky/path/time-grid.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { isWithin, type Window } from '../model/windows.ts';
import { type DishPlace, linkEffect } from './link-effect.ts';

const schema = z
  .strictObject({
    durationMs: z.number().min(0).max(2500).default(150).describe('How long nothing passes; 0 turns the event off.'),
    leadMs: z.number().min(0).max(2500).default(175).describe('How long before the start of a slot it begins.'),
    spread: z.number().min(0).max(0.9).default(0.2).describe('How far both vary from slot to slot, as a share.'),
  })
  .describe('The interruption around each start of a 15 s slot, when terminals are given their next satellite.');

/** The interruption of a dish: it takes both directions of all its paths down at once. A forecast knows the usual one. */
export const boundaryEffect = linkEffect({
  key: 'boundary',
  schema: () => schema,
  usual: {},
  build: (event, { slots, stream }: DishPlace) => ({
    actual: withBoundaryEvent(slots, event, stream),
    foreseen: withBoundaryEvent(slots, { ...event, spread: 0 }, stream),
  }),
});

export interface BoundaryEvent {
  /** How long nothing passes; 0 for no event. */
  readonly durationMs: Ms;
  /** How long before the start of a slot it begins. */
  readonly leadMs: Ms;
  /** How far duration and lead vary from slot to slot, as a share of themselves: at least 0, less than 1. */
  readonly spread: number;
}

/**
 * Takes the link down around each start of a slot, when terminals get their next satellite. Messages that waited pass when it
 * is over, so the round trip then falls from about the length of the event: this follows and is not modelled on its own.
 * `stream` names the random stream: all links of a dish share one. Event and lead each stay below 5 s, with
 * their variation.
 * Source: bursts of 0.1 to 0.2 s that begin 0.15 to 0.2 s before the slot (Tanveer, CoNEXT-C 2023; Mohan, WWW 2024).
 */
export const withBoundaryEvent = (slots: TimeGrid, event: BoundaryEvent, stream: string): Effect => {
  if (event.durationMs === 0) return (link) => link;
  const durationKey = streamKey(`${stream}/duration`);
  const leadKey = streamKey(`${stream}/lead`);
  const varied = (value: number, draw: number): number => value * (1 + event.spread * (2 * draw - 1));
  const eventOf = memoByIndex((slot): Window => {
    const fromMs = slots.startMs(slot) - varied(event.leadMs, drawAt(leadKey, slot));
    return { fromMs, toMs: fromMs + varied(event.durationMs, drawAt(durationKey, slot)) };
  });
  /** The event that is active, or else the next one: an event may end before its slot begins, or after. */
  const eventAt = (atMs: Ms): Window => {
    let slot = slots.indexAt(atMs);
    while (atMs >= eventOf(slot).toMs) slot++;
    return eventOf(slot);
  };
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      return isWithin(atMs, eventAt(atMs)) ? { ...state, up: false } : state;
    },
    nextChangeAfter(afterMs) {
      const { fromMs, toMs } = eventAt(afterMs);
      return earliest(link.nextChangeAfter(afterMs), afterMs < fromMs ? fromMs : toMs);
    },
  });
};
