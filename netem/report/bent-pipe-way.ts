import { wayUpKm } from '../path/laser-route.ts';
import { memoByIndex } from '../path/memo-by-index.ts';
import type { Site } from '../path/site.ts';
import type { VisibleSatellites } from '../path/visible-satellites.ts';
import type { SkyWatch } from './sky-watch.ts';
import { NO_WAY, type Way, type WayAt } from './way.ts';

/**
 * Up to a satellite that both ends see and down again, without lasers: the nearest at each instant, or the nearest at the
 * start of the slot of those that both ends see through all of it. Where none stays so long, each instant takes the nearest.
 */
export const bentPipeWay = (watch: SkyWatch, from: Site, to: Site): WayAt => {
  const shortest: WayAt = (atMs) => {
    const snapshot = watch.at(atMs);
    return nearest([snapshot.visibleFrom(from), snapshot.visibleFrom(to)]);
  };
  if (watch.takesShortest) return shortest;
  const heldOf = memoByIndex((slot) => {
    const start = watch.at(watch.slots.startMs(slot));
    const end = watch.at(watch.slots.startMs(slot + 1));
    const staying = [end.visibleFrom(from), end.visibleFrom(to)];
    return nearest([start.visibleFrom(from), start.visibleFrom(to)], staying).satellites[0];
  });
  return (atMs) => {
    const satellite = heldOf(watch.slots.indexAt(atMs));
    if (satellite === undefined) return shortest(atMs);
    const snapshot = watch.at(atMs);
    const km = wayUpKm(snapshot, from, satellite) + wayUpKm(snapshot, to, satellite);
    return km < Number.POSITIVE_INFINITY ? { km, satellites: [satellite] } : NO_WAY;
  };
};

const nearest = (
  [first, second]: readonly [VisibleSatellites, VisibleSatellites],
  staying: readonly VisibleSatellites[] = [],
): Way => {
  let best = NO_WAY;
  for (let index = 0; index < first.count; index++) {
    const satellite = first.satellites[index]!;
    const other = second.indexOf(satellite);
    if (other === -1 || staying.some((visible) => visible.indexOf(satellite) === -1)) continue;
    const km = first.rangeKm[index]! + second.rangeKm[other]!;
    if (km < best.km) best = { km, satellites: [satellite] };
  }
  return best;
};
