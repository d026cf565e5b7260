import { bestEnds, lastSatellite, wayUpKm } from '../../netem/sky/path/laser-route.ts';
import { memoByIndex } from '../../netem/sky/path/memo-by-index.ts';
import type { Site } from '../../netem/sky/path/site.ts';
import type { SkyWatch } from './sky-watch.ts';
import { NO_WAY, type WayAt } from './way.ts';

/**
 * The satellites of the route that `laserRouteKm` measures, at any instant: the shortest route of all, or the shortest
 * between the two satellites held for the slot. Both functions give exactly the same lengths.
 */
export const laserWay = (watch: SkyWatch, from: Site, to: Site): WayAt => {
  const shortest: WayAt = (atMs) => {
    const snapshot = watch.at(atMs);
    const visible = snapshot.visibleFrom(to);
    const paths = snapshot.pathsFromSite(from);
    const { km, last } = lastSatellite(paths, visible, visible);
    return last === -1 ? NO_WAY : { km, satellites: paths.pathTo(last) };
  };
  if (watch.takesShortest) return shortest;
  const endsOf = memoByIndex((slot) => {
    const startMs = watch.slots.startMs(slot);
    return bestEnds(watch.at(startMs), watch.at(watch.slots.startMs(slot + 1), startMs), from, to);
  });
  return (atMs) => {
    const ends = endsOf(watch.slots.indexAt(atMs));
    if (ends === null) return shortest(atMs);
    const snapshot = watch.at(atMs);
    const between = snapshot.pathsFromSatellite(ends.first);
    const km = wayUpKm(snapshot, from, ends.first) + between.distanceKm(ends.last) + wayUpKm(snapshot, to, ends.last);
    return km < Number.POSITIVE_INFINITY ? { km, satellites: between.pathTo(ends.last) } : NO_WAY;
  };
};
