import { memoByIndex } from './memo-by-index.ts';
import type { ShortestPaths } from './shortest-paths.ts';
import type { Site } from './site.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';
import type { VisibleSatellites } from './visible-satellites.ts';

/**
 * Length in km of the route between two sites at each step, all of it in space; Infinity when there is none. A site in
 * orbit is its own satellite, so its route begins or ends with a laser. From a satellite to itself the route is empty.
 *
 * The satellites at the two ends are chosen together at the start of a slot and held: of the satellites that stay in view,
 * the pair with the shortest route. The lasers between them are the shortest at each step. The preference measured on users
 * does not work here: on a mesh of planes, neighbours in the sky can be half a turn of the Earth apart by laser. With ends
 * chosen one by one, New York-London took 147 ms at the median instead of 43. Where no satellite stays in view for a slot,
 * each step uses the shortest route of all.
 */
export const laserRouteKm = (space: Space, from: Site, to: Site): ((step: number) => number) => {
  const shortest = (step: number): number => shortestKm(space.atStep(step), from, to);
  if (space.takesShortest) return shortest;
  const endsOf = memoByIndex((slot) => {
    const first = slot * space.steps.stepsPerSlot;
    return bestEnds(space.atStep(first), space.atStep(first + space.steps.stepsPerSlot, first), from, to);
  });
  return (step) => {
    const ends = endsOf(space.steps.slotOf(step));
    if (ends === null) return shortest(step);
    const snapshot = space.atStep(step);
    const betweenKm = snapshot.pathsFromSatellite(ends.first).distanceKm(ends.last);
    return wayUpKm(snapshot, from, ends.first) + betweenKm + wayUpKm(snapshot, to, ends.last);
  };
};

/** Distance in km from a site to a satellite; Infinity when it is out of view. */
export const wayUpKm = (snapshot: Snapshot, site: Site, satellite: number): number => {
  const visible = snapshot.visibleFrom(site);
  const index = visible.indexOf(satellite);
  return index === -1 ? Number.POSITIVE_INFINITY : visible.rangeKm[index]!;
};

interface Ends {
  readonly first: number;
  readonly last: number;
}

/** The satellites to hold at both ends from `start` to `end`, or null when none stays in view. */
export const bestEnds = (start: Snapshot, end: Snapshot, from: Site, to: Site): Ends | null => {
  const paths = start.pathsFromSite(from, end.visibleFrom(from));
  const { last } = lastSatellite(paths, start.visibleFrom(to), end.visibleFrom(to));
  return last === -1 ? null : { first: paths.pathTo(last)[0]!, last };
};

/** Length in km of the shortest route at an instant, over any satellites that the ends see. */
const shortestKm = (snapshot: Snapshot, from: Site, to: Site): number => {
  const visible = snapshot.visibleFrom(to);
  return lastSatellite(snapshot.pathsFromSite(from), visible, visible).km;
};

/** The visible satellite with the shortest route down, and the length of that route. Only satellites in `staying` count. */
export const lastSatellite = (
  paths: ShortestPaths,
  visible: VisibleSatellites,
  staying: VisibleSatellites,
): { readonly km: number; readonly last: number } => {
  let leastKm = Number.POSITIVE_INFINITY;
  let last = -1;
  for (let index = 0; index < visible.count; index++) {
    const satellite = visible.satellites[index]!;
    const km = paths.distanceKm(satellite) + visible.rangeKm[index]!;
    if (km >= leastKm || staying.indexOf(satellite) === -1) continue;
    leastKm = km;
    last = satellite;
  }
  return { km: leastKm, last };
};
