import { vacuumUs } from '../../../core/units.ts';
import { wayUpKm } from './laser-route.ts';
import { memoByIndex } from './memo-by-index.ts';
import type { ShortestPaths } from './shortest-paths.ts';
import type { Site } from './site.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/** A gateway station that a PoP can use, and the one-way delay of the fibre between them, in microseconds. */
export interface Gateway {
  readonly site: Site;
  readonly fibreUs: number;
}

/**
 * One-way delay in microseconds from a user's terminal to the PoP at each step; Infinity when there is no route. The
 * user's satellite and the gateway are held for a slot. The gateway has many dishes and may use any satellite it sees. If
 * a gateway cannot be reached at a step within the slot, the best other gateway is used for that step.
 */
export const accessRouteUs = (space: Space, user: Site, gateways: readonly Gateway[]): ((step: number) => number) => {
  const takesShortest = space.takesShortest || !hasLasers(space); // without lasers, the satellite drawn for a user may see no gateway
  const usThrough = (gateway: Gateway, step: number): number => {
    const snapshot = space.atStep(step);
    const km = takesShortest
      ? downKm(snapshot, -1, snapshot.pathsFromSite(user), gateway.site)
      : heldKm(space, snapshot, step, user, gateway.site);
    return vacuumUs(km) + gateway.fibreUs;
  };
  const bestAt = (step: number): Gateway => {
    const us = gateways.map((gateway) => usThrough(gateway, step));
    return gateways[us.indexOf(Math.min(...us))]!;
  };
  const gatewayOf = memoByIndex((slot) => bestAt(slot * space.steps.stepsPerSlot));
  return (step) => {
    const us = usThrough(gatewayOf(space.steps.slotOf(step)), step);
    return us < Number.POSITIVE_INFINITY ? us : usThrough(bestAt(step), step);
  };
};

export const hasLasers = ({ sky }: Space): boolean => sky.constellation.groups.some(({ grid }) => grid !== null);

const heldKm = (space: Space, snapshot: Snapshot, step: number, user: Site, gateway: Site): number => {
  const satellite = space.serving.at(snapshot, user, space.steps.slotOf(step));
  if (satellite === -1) return Number.POSITIVE_INFINITY;
  const paths = snapshot.pathsFromSatellite(satellite);
  return wayUpKm(snapshot, user, satellite) + downKm(snapshot, satellite, paths, gateway);
};

/** Distance from the user's satellite to the gateway: straight down if it sees the gateway, else over lasers. */
export const downKm = (snapshot: Snapshot, satellite: number, paths: ShortestPaths, gateway: Site): number => {
  const visible = snapshot.visibleFrom(gateway);
  const straight = visible.indexOf(satellite);
  if (straight !== -1) return visible.rangeKm[straight]!;
  let leastKm = Number.POSITIVE_INFINITY;
  for (let index = 0; index < visible.count; index++) {
    leastKm = Math.min(leastKm, paths.distanceKm(visible.satellites[index]!) + visible.rangeKm[index]!);
  }
  return leastKm;
};
