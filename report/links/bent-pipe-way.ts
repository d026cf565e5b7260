import { BentPipePaths } from '../../netem/sky/path/bent-pipe-paths.ts';
import { wayUpKm } from '../../netem/sky/path/laser-route.ts';
import { memoByIndex } from '../../netem/sky/path/memo-by-index.ts';
import type { Site } from '../../netem/sky/path/site.ts';
import type { VisibleSatellites } from '../../netem/sky/path/visible-satellites.ts';
import type { SkyWatch } from './sky-watch.ts';
import { NO_WAY, type WayAt } from './way.ts';

/**
 * Up to a satellite and down again, without lasers; over gateways when no satellite sees both ends. Each instant uses the
 * shortest route. When choices are held: of the satellites that both ends see during the whole slot, the one that is
 * nearest at its start is used. If no satellite stays in view that long, each instant uses the shortest route.
 */
export const bentPipeWay = (watch: SkyWatch, from: Site, to: Site): WayAt => {
  const paths = new BentPipePaths(watch.sky);
  const shortest: WayAt = (atMs) => paths.between(watch.at(atMs), from, to);
  if (watch.takesShortest) return shortest;
  const heldOf = memoByIndex((slot) => {
    const start = watch.at(watch.slots.startMs(slot));
    const end = watch.at(watch.slots.startMs(slot + 1));
    const staying = [end.visibleFrom(from), end.visibleFrom(to)];
    return nearest(start.visibleFrom(from), start.visibleFrom(to), staying);
  });
  return (atMs) => {
    const satellite = heldOf(watch.slots.indexAt(atMs));
    if (satellite === -1) return shortest(atMs);
    const snapshot = watch.at(atMs);
    const km = wayUpKm(snapshot, from, satellite) + wayUpKm(snapshot, to, satellite);
    return km < Number.POSITIVE_INFINITY ? { km, satellites: [satellite] } : NO_WAY;
  };
};

/** Of the satellites in all lists, the one with the shortest route, or -1. */
const nearest = (
  first: VisibleSatellites,
  second: VisibleSatellites,
  staying: readonly VisibleSatellites[],
): number => {
  let best = -1;
  let leastKm = Number.POSITIVE_INFINITY;
  for (let index = 0; index < first.count; index++) {
    const satellite = first.satellites[index]!;
    const other = second.indexOf(satellite);
    if (other === -1 || staying.some((visible) => visible.indexOf(satellite) === -1)) continue;
    const km = first.rangeKm[index]! + second.rangeKm[other]!;
    if (km >= leastKm) continue;
    leastKm = km;
    best = satellite;
  }
  return best;
};
