import type { Ms } from '../../core/time/clock.ts';
import { legsOf, oneWayMsOf } from './legs.ts';
import { routeText } from './sky-text.ts';
import type { SkyView } from './sky-view.ts';
import { isSameRoute, type Stop } from './stop.ts';

/** A second of run time; `line` says the new route where it changed, and is null where not. */
interface RouteSecond {
  readonly atMs: Ms;
  readonly line: string | null;
}

/** Each second of run time, and each start of a slot, from `startMs` to before `untilMs`. The first has a line. */
export function* routeChanges(
  { watch, stopsAt, stretch }: SkyView,
  { startMs, untilMs, arrow }: { readonly startMs: Ms; readonly untilMs: Ms; readonly arrow: string },
): Generator<RouteSecond> {
  if (stopsAt === null) return;
  let before: readonly Stop[] | null = null;
  for (const atMs of secondsAndSlots(watch.slots, startMs, untilMs)) {
    const stops = stopsAt(atMs);
    const isNew = before === null || !isSameRoute(before, stops);
    before = stops;
    if (!isNew) {
      yield { atMs, line: null };
      continue;
    }
    const snapshot = watch.at(atMs);
    const instant = new Date(Math.round(snapshot.unixMs)).toISOString();
    const route = routeText({ atMs, stops, oneWayMs: oneWayMsOf(legsOf(stops, snapshot, stretch)) }, arrow);
    yield { atMs, line: `t ${Number((atMs / 1000).toFixed(3))} s, ${instant}: ${route}` };
  }
}

function* secondsAndSlots(slots: SkyView['watch']['slots'], startMs: Ms, untilMs: Ms): Generator<Ms> {
  for (let atMs = startMs; atMs < untilMs; ) {
    yield atMs;
    const secondMs = startMs + (Math.floor((atMs - startMs) / 1000) + 1) * 1000;
    atMs = Math.min(secondMs, slots.startMs(slots.indexAt(atMs) + 1));
  }
}
