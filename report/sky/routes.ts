import { GATEWAYS } from '../../netem/sky/path/access-points.ts';
import type { Site } from '../../netem/sky/path/site.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';
import type { AccessWay } from '../links/access-way.ts';
import { bentPipeWay } from '../links/bent-pipe-way.ts';
import { laserWay } from '../links/laser-way.ts';
import type { SkyWatch } from '../links/sky-watch.ts';
import type { GroundStop, Stop, StopsAt } from './stop.ts';

/** An end of a path: on the ground, or on board a satellite. */
export type RouteEnd =
  | (GroundStop & { readonly site: Site })
  | { readonly kind: 'on-board'; readonly name: string; readonly site: Site };

/** The stops of a path between two ends, over lasers or, without them, over gateways. */
export const betweenEnds = (watch: SkyWatch, medium: 'laser' | 'bent-pipe', from: RouteEnd, to: RouteEnd): StopsAt => {
  const wayAt = (medium === 'laser' ? laserWay : bentPipeWay)(watch, from.site, to.site);
  const gateways = medium === 'laser' ? [] : gatewayStops(watch);
  return (atMs) => {
    const { satellites } = wayAt(atMs);
    if (satellites.length === 0) return [];
    const carried = (index: number): string | null => {
      if (index === 0 && from.kind === 'on-board') return from.name;
      return index === satellites.length - 1 && to.kind === 'on-board' ? to.name : null;
    };
    const snapshot = watch.at(atMs);
    const flying = satellites.flatMap((satellite, index): readonly Stop[] => {
      const stop = { kind: 'satellite', satellite, carries: carried(index) } as const;
      if (medium === 'laser' || index === 0) return [stop];
      return [bestGateway(snapshot, gateways, satellites[index - 1]!, satellite), stop];
    });
    return [...(from.kind === 'on-board' ? [] : [from]), ...flying, ...(to.kind === 'on-board' ? [] : [to])];
  };
};

/** The stops from a user to the PoP and on to a site behind it. `gateways` are in the order of `wayAt`. */
export const accessStops = (
  wayAt: (atMs: number) => AccessWay,
  ends: {
    readonly user: GroundStop;
    readonly gateways: readonly GroundStop[];
    readonly pop: GroundStop;
    readonly to: GroundStop;
  },
): StopsAt => {
  const { user, gateways, pop, to } = ends;
  return (atMs) => {
    const { way, gateway } = wayAt(atMs);
    if (way.satellites.length === 0) return [];
    const flying = way.satellites.map((satellite) => ({ kind: 'satellite', satellite, carries: null }) as const);
    return [user, ...flying, gateways[gateway]!, pop, to];
  };
};

/** All gateway stations, with what they see. */
export const gatewayStops = ({ sky }: SkyWatch): readonly GroundStop[] =>
  GATEWAYS.map((place) => ({ kind: 'gateway', ...place, site: sky.site({ ...place, name: `gateway/${place.name}` }) }));

/** The gateway with the shortest way from one satellite to another. */
const bestGateway = (snapshot: Snapshot, gateways: readonly GroundStop[], a: number, b: number): GroundStop => {
  let best = gateways[0]!;
  let leastKm = Number.POSITIVE_INFINITY;
  for (const gateway of gateways) {
    const visible = snapshot.visibleFrom(gateway.site!);
    const [up, down] = [visible.indexOf(a), visible.indexOf(b)];
    if (up === -1 || down === -1) continue;
    const km = visible.rangeKm[up]! + visible.rangeKm[down]!;
    if (km >= leastKm) continue;
    [best, leastKm] = [gateway, km];
  }
  return best;
};
