// Hot path: typed arrays that grow once. A site tests every satellite of every group at each new instant.
import type { Group } from '../orbit/constellation.ts';
import type { GroundSite } from './site.ts';

/** The satellites a site can use at one instant, in the order of their numbers. */
export class VisibleSatellites {
  count = 0;
  satellites = new Int32Array(64);
  rangeKm = new Float64Array(64);
  /** Sine of the elevation over the horizon of the ellipsoid. */
  elevationSine = new Float64Array(64);

  /** Finds the satellites that `site` sees. The Earth has turned by `siderealRad` against the axes of `positionsKm`. */
  look(site: GroundSite, siderealRad: number, positionsKm: Float64Array, groups: readonly Group[]): void {
    const cos = Math.cos(siderealRad);
    const sin = Math.sin(siderealRad);
    const x = cos * site.atKm[0] - sin * site.atKm[1];
    const y = sin * site.atKm[0] + cos * site.atKm[1];
    const z = site.atKm[2];
    const upX = cos * site.up[0] - sin * site.up[1];
    const upY = sin * site.up[0] + cos * site.up[1];
    const upZ = site.up[2];
    const groundKm = x * upX + y * upY + z * upZ;
    this.count = 0;
    for (let group = 0; group < groups.length; group++) {
      const { first, count, coverage } = groups[group]!;
      // Nearly all satellites fail this cheap test, so the branch is easy to predict. The exact test comes after.
      const leastKm = groundKm + leastHeightKm(groups[group]!, site, groundKm);
      for (let satellite = first; satellite < first + count; satellite++) {
        const atX = positionsKm[3 * satellite]!;
        const atY = positionsKm[3 * satellite + 1]!;
        const atZ = positionsKm[3 * satellite + 2]!;
        if (!(atX * upX + atY * upY + atZ * upZ >= leastKm)) continue;
        const dx = atX - x;
        const dy = atY - y;
        const dz = atZ - z;
        const heightKm = dx * upX + dy * upY + dz * upZ;
        const rangeKm = Math.sqrt(dx * dx + dy * dy + dz * dz);
        const seen = coverage.kind === 'elevation' ? heightKm >= rangeKm * coverage.sine : rangeKm <= coverage.km;
        if (seen) this.#add(satellite, rangeKm, heightKm / rangeKm);
      }
    }
  }

  /** A site on board a satellite sees only that satellite, at distance 0. */
  lookOnBoard(satellite: number): void {
    this.count = 0;
    this.#add(satellite, 0, 1);
  }

  /** Index of `satellite` in the list, or -1. */
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

/**
 * A height over the horizon plane of `site`; all satellites it can use are above it. It follows from the triangle of the
 * centre of the Earth, the site and a satellite at the lowest radius. The horizon plane is not exactly perpendicular to the
 * line to the centre; the worst case of that is subtracted.
 */
const leastHeightKm = ({ lowestKm, coverage }: Group, { atKm }: GroundSite, groundKm: number): number => {
  const centreKm = Math.sqrt(atKm[0] * atKm[0] + atKm[1] * atKm[1] + atKm[2] * atKm[2]);
  const askewKm = Math.sqrt(Math.max(0, centreKm * centreKm - groundKm * groundKm));
  const squaredKm = lowestKm * lowestKm - centreKm * centreKm;
  if (coverage.kind === 'range') {
    const { km } = coverage;
    return ((squaredKm - km * km) / 2 - askewKm * km) / groundKm - SLACK_KM;
  }
  const { sine } = coverage;
  if (squaredKm <= 0 || sine <= 0) return 0;
  const half = (groundKm * sine + askewKm) * sine;
  return Math.max(0, Math.sqrt(half * half + squaredKm * sine * sine) - half - SLACK_KM);
};

/** Much more than rounding errors, too little to change a result. */
const SLACK_KM = 0.001;
