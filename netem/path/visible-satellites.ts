// Hot path: typed arrays that grow once; a site looks at every satellite of every group at each new instant.
import type { Group } from '../orbit/constellation.ts';
import type { Site } from './site.ts';

/** The satellites a site can use at one instant, in the order of their numbers. */
export class VisibleSatellites {
  count = 0;
  satellites = new Int32Array(64);
  rangeKm = new Float64Array(64);
  /** Sine of the elevation over the horizon of the ellipsoid. */
  elevationSine = new Float64Array(64);

  /** Looks from `site` at satellites whose axes the Earth has turned away from by `siderealRad`. */
  look(site: Site, siderealRad: number, positionsKm: Float64Array, groups: readonly Group[]): void {
    const cos = Math.cos(siderealRad);
    const sin = Math.sin(siderealRad);
    const x = cos * site.atKm[0] - sin * site.atKm[1];
    const y = sin * site.atKm[0] + cos * site.atKm[1];
    const z = site.atKm[2];
    const upX = cos * site.up[0] - sin * site.up[1];
    const upY = sin * site.up[0] + cos * site.up[1];
    const upZ = site.up[2];
    this.count = 0;
    for (let group = 0; group < groups.length; group++) {
      const { first, count, coverage } = groups[group]!;
      for (let satellite = first; satellite < first + count; satellite++) {
        const dx = positionsKm[3 * satellite]! - x;
        const dy = positionsKm[3 * satellite + 1]! - y;
        const dz = positionsKm[3 * satellite + 2]! - z;
        const heightKm = dx * upX + dy * upY + dz * upZ;
        if (heightKm < 0 && coverage.kind === 'elevation') continue;
        const rangeKm = Math.sqrt(dx * dx + dy * dy + dz * dz);
        const seen = coverage.kind === 'elevation' ? heightKm >= rangeKm * coverage.sine : rangeKm <= coverage.km;
        if (seen) this.#add(satellite, rangeKm, heightKm / rangeKm);
      }
    }
  }

  /** Where `satellite` stands in the list, or -1. */
  indexOf(satellite: number): number {
    for (let index = 0; index < this.count; index++) if (this.satellites[index] === satellite) return index;
    return -1;
  }

  #add(satellite: number, rangeKm: number, elevationSine: number): void {
    if (this.count === this.satellites.length) this.#grow();
    this.satellites[this.count] = satellite;
    this.rangeKm[this.count] = rangeKm;
    this.elevationSine[this.count] = elevationSine;
    this.count++;
  }

  #grow(): void {
    const { satellites, rangeKm, elevationSine } = this;
    this.satellites = new Int32Array(2 * satellites.length);
    this.rangeKm = new Float64Array(2 * satellites.length);
    this.elevationSine = new Float64Array(2 * satellites.length);
    this.satellites.set(satellites);
    this.rangeKm.set(rangeKm);
    this.elevationSine.set(elevationSine);
  }
}
