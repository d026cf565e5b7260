import { vacuumUs } from '../../../core/units.ts';
import { hasLasers } from '../orbit/constellation.ts';
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
  const overUs = accessRouteOverUs(space, user, gateways);
  const held = drawsSatellites(space) ? (slot: number) => space.serving.held(user, slot) : () => -1;
  return (step) => overUs(held(space.steps.slotOf(step)), step);
};

/** Whether a user's satellite is drawn. If not, the shortest way counts: without lasers, the one that is drawn may see no gateway. */
export const drawsSatellites = ({ takesShortest, sky }: Pick<Space, 'takesShortest' | 'sky'>): boolean =>
  !takesShortest && hasLasers(sky.constellation);

/**
 * The same over a satellite that was drawn for the slot of the step; -1 where none stays in view, and the highest of the moment serves.
 * Where none is drawn, the satellite does not matter.
 */
export const accessRouteOverUs = (
  space: Space,
  user: Site,
  gateways: readonly Gateway[],
): ((satellite: number, step: number) => number) => {
  const isDrawn = drawsSatellites(space);
  const usThrough = (gateway: Gateway, satellite: number, step: number): number => {
    const snapshot = space.atStep(step);
    const km = isDrawn
      ? heldKm(snapshot, space.serving.orHighest(satellite, snapshot, user), user, gateway.site)
      : downKm(snapshot, -1, snapshot.pathsFromSite(user), gateway.site);
    return vacuumUs(km) + gateway.fibreUs;
  };
  const bestAt = (satellite: number, step: number): Gateway => {
    const us = gateways.map((gateway) => usThrough(gateway, satellite, step));
    return gateways[us.indexOf(Math.min(...us))]!;
  };
  const { stepsPerSlot, slotOf } = space.steps;
  const satellites = space.sky.constellation.propagator.count + 1;
  const gatewayOf = memoByIndex((key) => bestAt((key % satellites) - 1, Math.floor(key / satellites) * stepsPerSlot));
  return (satellite, step) => {
    const us = usThrough(gatewayOf(slotOf(step) * satellites + satellite + 1), satellite, step);
    return us < Number.POSITIVE_INFINITY ? us : usThrough(bestAt(satellite, step), satellite, step);
  };
};

const heldKm = (snapshot: Snapshot, satellite: number, user: Site, gateway: Site): number => {
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
