import { wayUpKm } from '../path/laser-route.ts';
import { memoByIndex } from '../path/memo-by-index.ts';
import type { ShortestPaths } from '../path/shortest-paths.ts';
import type { Site } from '../path/site.ts';
import type { VisibleSatellites } from '../path/visible-satellites.ts';
import type { SkyWatch } from './sky-watch.ts';
import { NO_WAY, type Way, type WayAt } from './way.ts';

/**
 * The satellites of the way that `laserRouteKm` measures, at any instant: of all ways the shortest, or the shortest between
 * the two satellites that are held through the slot. Lengths are equal to the last bit where both are asked.
 */
export const laserWay = (watch: SkyWatch, from: Site, to: Site): WayAt => {
  const shortest: WayAt = (atMs) => {
    const snapshot = watch.at(atMs);
    const visible = snapshot.visibleFrom(to);
    return nearest(snapshot.pathsFromSite(from), visible, visible);
  };
  if (watch.takesShortest) return shortest;
  const endsOf = memoByIndex((slot) => heldEnds(watch, slot, from, to));
  return (atMs) => {
    const ends = endsOf(watch.slots.indexAt(atMs));
    if (ends === null) return shortest(atMs);
    const snapshot = watch.at(atMs);
    const between = snapshot.pathsFromSatellite(ends.first);
    const km = wayUpKm(snapshot, from, ends.first) + between.distanceKm(ends.last) + wayUpKm(snapshot, to, ends.last);
    return km < Number.POSITIVE_INFINITY ? { km, satellites: between.pathTo(ends.last) } : NO_WAY;
  };
};

interface Ends {
  readonly first: number;
  readonly last: number;
}

const heldEnds = (watch: SkyWatch, slot: number, from: Site, to: Site): Ends | null => {
  const start = watch.at(watch.slots.startMs(slot));
  const end = watch.at(watch.slots.startMs(slot + 1));
  const paths = start.pathsFromSite(from, end.visibleFrom(from));
  const { satellites } = nearest(paths, start.visibleFrom(to), end.visibleFrom(to));
  return satellites.length === 0 ? null : { first: satellites[0]!, last: satellites.at(-1)! };
};

/** The shortest way down over the visible satellites that are in `staying` too. */
const nearest = (paths: ShortestPaths, visible: VisibleSatellites, staying: VisibleSatellites): Way => {
  let leastKm = Number.POSITIVE_INFINITY;
  let last = -1;
  for (let index = 0; index < visible.count; index++) {
    const satellite = visible.satellites[index]!;
    const km = paths.distanceKm(satellite) + visible.rangeKm[index]!;
    if (km >= leastKm || staying.indexOf(satellite) === -1) continue;
    leastKm = km;
    last = satellite;
  }
  return last === -1 ? NO_WAY : { km: leastKm, satellites: paths.pathTo(last) };
};
