import type { Ms } from '../../core/time/clock.ts';
import { vacuumUs } from '../../core/units.ts';
import { drawsSatellites, type Gateway } from '../../netem/sky/path/access-route.ts';
import { lastSatellite, wayUpKm } from '../../netem/sky/path/laser-route.ts';
import { memoByIndex } from '../../netem/sky/path/memo-by-index.ts';
import type { ServingSatellites } from '../../netem/sky/path/serving-satellite.ts';
import type { Site } from '../../netem/sky/path/site.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';
import type { SkyWatch } from './sky-watch.ts';
import { NO_WAY, type Way } from './way.ts';

/** From the dish of a user to the PoP. */
export interface AccessWay {
  /** The way through space; without satellites when there is none. */
  readonly way: Way;
  /** Where it comes down: an index into the gateways given. */
  readonly gateway: number;
  /** One way with the fibre behind the gateway, in microseconds; Infinity when there is none. */
  readonly oneWayUs: number;
}

/**
 * The satellites and the gateway of the route that `accessRouteUs` measures, at any instant: the user's satellite and the gateway are
 * held for a slot. Both functions give exactly the same times.
 */
export const accessWay = (
  watch: SkyWatch,
  serving: ServingSatellites,
  user: Site,
  gateways: readonly Gateway[],
): ((atMs: Ms) => AccessWay) => {
  const isDrawn = drawsSatellites(watch);
  const through = (gateway: number, atMs: Ms): AccessWay => {
    const snapshot = watch.at(atMs);
    const { site, fibreUs } = gateways[gateway]!;
    const way = isDrawn
      ? heldWay(snapshot, user, serving.at(snapshot, user, watch.slots.indexAt(atMs)), site)
      : shortestWay(snapshot, user, site);
    return { way, gateway, oneWayUs: vacuumUs(way.km) + fibreUs };
  };
  const bestAt = (atMs: Ms): number => {
    const us = gateways.map((_, gateway) => through(gateway, atMs).oneWayUs);
    return us.indexOf(Math.min(...us));
  };
  const held = memoByIndex((slot) => bestAt(watch.slots.startMs(slot)));
  return (atMs) => {
    const usual = through(held(watch.slots.indexAt(atMs)), atMs);
    return usual.oneWayUs < Number.POSITIVE_INFINITY ? usual : through(bestAt(atMs), atMs);
  };
};

const shortestWay = (snapshot: Snapshot, user: Site, gateway: Site): Way => {
  const paths = snapshot.pathsFromSite(user);
  const visible = snapshot.visibleFrom(gateway);
  const { km, last } = lastSatellite(paths, visible, visible);
  return last === -1 ? NO_WAY : { km, satellites: paths.pathTo(last) };
};

/** Straight down when the gateway sees the user's satellite, else over lasers. */
const heldWay = (snapshot: Snapshot, user: Site, satellite: number, gateway: Site): Way => {
  if (satellite === -1) return NO_WAY;
  const upKm = wayUpKm(snapshot, user, satellite);
  const visible = snapshot.visibleFrom(gateway);
  const straight = visible.indexOf(satellite);
  if (straight !== -1) return wayOf(upKm + visible.rangeKm[straight]!, [satellite]);
  const paths = snapshot.pathsFromSatellite(satellite);
  const { km, last } = lastSatellite(paths, visible, visible);
  return last === -1 ? NO_WAY : wayOf(upKm + km, paths.pathTo(last));
};

const wayOf = (km: number, satellites: readonly number[]): Way =>
  km < Number.POSITIVE_INFINITY ? { km, satellites } : NO_WAY;
