import type { Ms } from '../../core/time/clock.ts';
import type { SkyWatch } from '../links/sky-watch.ts';
import { handedOver, type Stop, type StopsAt } from './stop.ts';

/** A route from an instant on. */
export interface RouteChange {
  readonly atMs: Ms;
  readonly stops: readonly Stop[];
}

/** The route at the start of the next slot. */
export const nextSlot = ({ slots }: SkyWatch, stopsAt: StopsAt, nowMs: Ms): RouteChange => {
  const atMs = slots.startMs(slots.indexAt(nowMs) + 1);
  return { atMs, stops: stopsAt(atMs) };
};

/**
 * The first route after `nowMs` with another satellite at an end, another gateway, or a way where there was none, or none; null when
 * there is none within twenty slots. Satellites that are held change at starts of slots; otherwise each second is looked at.
 */
export const nextHandOver = (watch: SkyWatch, stopsAt: StopsAt, nowMs: Ms): RouteChange | null => {
  const before = stopsAt(nowMs);
  for (const atMs of instantsAfter(watch, nowMs)) {
    const stops = stopsAt(atMs);
    if (handedOver(before, stops)) return { atMs, stops };
  }
  return null;
};

function* instantsAfter({ slots, takesShortest }: SkyWatch, nowMs: Ms): Generator<Ms> {
  const first = slots.indexAt(nowMs);
  for (let slot = first; slot < first + SLOTS_AHEAD; slot++) {
    const nextMs = slots.startMs(slot + 1);
    if (takesShortest) {
      for (let atMs = Math.max(nowMs, slots.startMs(slot)) + STEP_MS; atMs < nextMs; atMs += STEP_MS) yield atMs;
    }
    yield nextMs;
  }
}

const SLOTS_AHEAD = 20;
const STEP_MS = 1000;
