import { vacuumUs } from '../../../core/units.ts';
import { downKm, type Gateway } from './access-route.ts';
import { wayUpKm } from './laser-route.ts';
import type { Site } from './site.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/** One-way delays in microseconds over the satellites that a user's dish may be given. */
export interface AccessChoices {
  readonly p5Us: number;
  readonly medianUs: number;
  readonly p95Us: number;
}

/**
 * What can be known of the way from a user's terminal to the PoP in a slot: not which satellite serves, but how long the way is over
 * each that may, at the start of the slot, and how likely each is. Null where there is no way.
 */
export const accessChoices =
  (space: Space, user: Site, gateways: readonly Gateway[]): ((slot: number) => AccessChoices | null) =>
  (slot) => {
    const choices = space.serving.choices(user, slot);
    const snapshot = space.atStep(slot * space.steps.stepsPerSlot);
    const ways = choices
      .map(({ satellite, chance }) => ({ us: leastUs(snapshot, user, satellite, gateways), chance }))
      .filter(({ us }) => us < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.us - b.us);
    if (ways.length === 0) return null;
    return { p5Us: quantileUs(ways, 0.05), medianUs: quantileUs(ways, 0.5), p95Us: quantileUs(ways, 0.95) };
  };

interface Way {
  readonly us: number;
  readonly chance: number;
}

/** The first of the ascending ways with at least a share of all chances up to it. */
const quantileUs = (ways: readonly Way[], share: number): number => {
  let left = share * ways.reduce((sum, { chance }) => sum + chance, 0);
  for (const { us, chance } of ways) {
    left -= chance;
    if (left <= 0) return us;
  }
  return ways.at(-1)!.us;
};

/** Over the gateway with the shortest way: of those that see the satellite, or else over lasers. */
const leastUs = (snapshot: Snapshot, user: Site, satellite: number, gateways: readonly Gateway[]): number => {
  const upUs = vacuumUs(wayUpKm(snapshot, user, satellite));
  const straightUs = Math.min(
    ...gateways.map(({ site, fibreUs }) => vacuumUs(wayUpKm(snapshot, site, satellite)) + fibreUs),
  );
  if (straightUs < Number.POSITIVE_INFINITY) return upUs + straightUs;
  const paths = snapshot.pathsFromSatellite(satellite);
  const overLasersUs = gateways.map(
    ({ site, fibreUs }) => vacuumUs(downKm(snapshot, satellite, paths, site)) + fibreUs,
  );
  return upUs + Math.min(...overLasersUs);
};
