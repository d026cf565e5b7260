// Hot path: typed arrays that grow once. The costly part is the view from every gateway; all pairs of one instant share it.
import { GATEWAYS } from './access-points.ts';
import type { Site } from './site.ts';
import type { Sky } from './sky.ts';
import type { Snapshot } from './snapshot.ts';
import type { Space } from './space.ts';

/** The shortest route without lasers at one instant. */
export interface BentPipe {
  /** Infinity when there is none. */
  readonly km: number;
  /** In order; each pair of neighbours is joined by a gateway that sees both. Empty when there is no route. */
  readonly satellites: readonly number[];
}

/** Length in km of the shortest route without lasers at each step; no satellite is held. Infinity when there is none. */
export const bentPipeRouteKm = (space: Space, from: Site, to: Site): ((step: number) => number) => {
  const paths = new BentPipePaths(space.sky);
  return (step) => paths.between(space.atStep(step), from, to).km;
};

/**
 * Routes without lasers: up to a satellite, down to a gateway station, up again, as often as needed, and down. The shortest
 * case is one satellite that both ends see. Gateways forward without delay. Any gateway may be used, whoever owns it.
 */
export class BentPipePaths {
  readonly #gateways: readonly Site[];
  readonly #satelliteKm: Float64Array;
  /** The gateway before each satellite; -1 where the route starts. */
  readonly #gatewayBefore: Int32Array;
  readonly #gatewayKm: Float64Array;
  readonly #satelliteBefore: Int32Array;

  constructor(sky: Sky) {
    const { count } = sky.constellation.propagator;
    this.#gateways = GATEWAYS.map((gateway) => sky.site({ ...gateway, name: `gateway/${gateway.name}` }));
    this.#satelliteKm = new Float64Array(count);
    this.#gatewayBefore = new Int32Array(count);
    this.#gatewayKm = new Float64Array(this.#gateways.length);
    this.#satelliteBefore = new Int32Array(this.#gateways.length);
  }

  between(snapshot: Snapshot, from: Site, to: Site): BentPipe {
    this.#satelliteKm.fill(Number.POSITIVE_INFINITY);
    this.#gatewayKm.fill(Number.POSITIVE_INFINITY);
    const start = snapshot.visibleFrom(from);
    for (let index = 0; index < start.count; index++) {
      this.#satelliteKm[start.satellites[index]!] = start.rangeKm[index]!;
      this.#gatewayBefore[start.satellites[index]!] = -1;
    }
    for (let hasImproved = true; hasImproved; ) {
      hasImproved = false;
      for (let gateway = 0; gateway < this.#gateways.length; gateway++) {
        if (this.#relay(snapshot, gateway)) hasImproved = true;
      }
    }
    const end = snapshot.visibleFrom(to);
    let km = Number.POSITIVE_INFINITY;
    let last = -1;
    for (let index = 0; index < end.count; index++) {
      const throughKm = this.#satelliteKm[end.satellites[index]!]! + end.rangeKm[index]!;
      if (throughKm >= km) continue;
      km = throughKm;
      last = end.satellites[index]!;
    }
    return { km, satellites: this.#satellitesTo(last) };
  }

  /** Extends the shortest route to a gateway to all satellites it sees. Returns whether anything changed. */
  #relay(snapshot: Snapshot, gateway: number): boolean {
    const { satellites, rangeKm, count } = snapshot.visibleFrom(this.#gateways[gateway]!);
    let km = this.#gatewayKm[gateway]!;
    const knownKm = km;
    for (let index = 0; index < count; index++) {
      const throughKm = this.#satelliteKm[satellites[index]!]! + rangeKm[index]!;
      if (throughKm >= km) continue;
      km = throughKm;
      this.#satelliteBefore[gateway] = satellites[index]!;
    }
    if (km === knownKm) return false;
    this.#gatewayKm[gateway] = km;
    for (let index = 0; index < count; index++) {
      const satellite = satellites[index]!;
      if (km + rangeKm[index]! >= this.#satelliteKm[satellite]!) continue;
      this.#satelliteKm[satellite] = km + rangeKm[index]!;
      this.#gatewayBefore[satellite] = gateway;
    }
    return true;
  }

  #satellitesTo(last: number): readonly number[] {
    const satellites: number[] = [];
    for (let satellite = last; satellite !== -1; ) {
      satellites.push(satellite);
      const gateway = this.#gatewayBefore[satellite]!;
      satellite = gateway === -1 ? -1 : this.#satelliteBefore[gateway]!;
    }
    return satellites.reverse();
  }
}
