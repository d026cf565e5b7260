// Hot path: everything is allocated on first use and reused at the next instant.
import type { Constellation } from '../orbit/constellation.ts';
import { siderealRad } from '../orbit/earth.ts';
import { type Failures, isFailing } from './failures.ts';
import type { LaserMesh } from './laser-mesh.ts';
import { ShortestPaths } from './shortest-paths.ts';
import type { Site } from './site.ts';
import { VisibleSatellites } from './visible-satellites.ts';

/**
 * The sky at one instant: positions, lasers, and the answers computed so far. All links that ask about the same instant
 * share the positions. Links with the same source share its shortest paths.
 */
export class Snapshot {
  unixMs = Number.NaN;
  /** Whether the configured failures are in effect. */
  failing = false;
  /** x, y, z of each satellite in km, on axes that do not turn with the Earth. A broken one is at the centre, out of view. */
  readonly positionsKm: Float64Array;
  /** Length in km of each laser of the mesh; Infinity where it is too long or there is none. */
  readonly laserKm: Float64Array;
  readonly #constellation: Constellation;
  readonly #mesh: LaserMesh;
  readonly #failures: Failures | null;
  readonly #visible: (VisibleSatellites & { seenAtUnixMs?: number; seenFailing?: boolean })[] = [];
  readonly #paths: ShortestPaths[] = [];
  #pathsInUse = 0;

  constructor(constellation: Constellation, mesh: LaserMesh, failures: Failures | null = null) {
    this.#constellation = constellation;
    this.#mesh = mesh;
    this.#failures = failures;
    this.positionsKm = new Float64Array(3 * constellation.propagator.count);
    this.laserKm = new Float64Array(mesh.neighbours.length).fill(Number.POSITIVE_INFINITY);
  }

  /** `failing` says whether the configured failures are in effect. @throws RangeError when `unixMs` is not finite. */
  moveTo(unixMs: number, failing = isFailing(this.#failures, unixMs)): void {
    if (!Number.isFinite(unixMs)) throw new RangeError(`the sky cannot be moved to ${unixMs}`);
    this.unixMs = unixMs;
    this.failing = failing;
    this.#pathsInUse = 0;
    this.#constellation.propagator.positionsAt(unixMs, this.positionsKm);
    this.#measureLasers();
    if (failing) this.#breakDown();
  }

  visibleFrom(site: Site): VisibleSatellites {
    this.#visible[site.index] ??= new VisibleSatellites();
    const visible = this.#visible[site.index]!;
    if (visible.seenAtUnixMs !== this.unixMs || visible.seenFailing !== this.failing) {
      if ('satellite' in site) this.#lookOnBoard(site.satellite, visible);
      else visible.look(site, siderealRad(this.unixMs), this.positionsKm, this.#constellation.groups);
      visible.seenAtUnixMs = this.unixMs;
      visible.seenFailing = this.failing;
    }
    return visible;
  }

  /** Shortest paths from one satellite. */
  pathsFromSatellite(satellite: number): ShortestPaths {
    const known = this.#knownPaths(satellite);
    if (known !== null) return known;
    const paths = this.#newPaths(satellite);
    paths.seed(satellite, 0);
    return paths;
  }

  /**
   * Shortest paths from a site over any satellite it sees; lengths include the way up. With `staying`, only over satellites
   * that are also in that list.
   */
  pathsFromSite(site: Site, staying?: VisibleSatellites): ShortestPaths {
    const source = staying === undefined ? -1 - site.index : Number.NaN; // a search over fewer satellites is not shared
    const known = this.#knownPaths(source);
    if (known !== null) return known;
    const paths = this.#newPaths(source);
    const visible = this.visibleFrom(site);
    for (let index = 0; index < visible.count; index++) {
      const satellite = visible.satellites[index]!;
      if (staying === undefined || staying.indexOf(satellite) !== -1) paths.seed(satellite, visible.rangeKm[index]!);
    }
    return paths;
  }

  #knownPaths(source: number): ShortestPaths | null {
    for (let index = 0; index < this.#pathsInUse; index++) {
      if (this.#paths[index]!.source === source) return this.#paths[index]!;
    }
    return null;
  }

  #newPaths(source: number): ShortestPaths {
    this.#paths[this.#pathsInUse] ??= new ShortestPaths(this.#mesh, this.laserKm);
    const paths = this.#paths[this.#pathsInUse++]!;
    paths.restart(source);
    return paths;
  }

  #lookOnBoard(satellite: number, visible: VisibleSatellites): void {
    if (this.failing && this.#failures?.satellites.includes(satellite)) visible.count = 0;
    else visible.lookOnBoard(satellite);
  }

  #breakDown(): void {
    if (this.#failures === null) return;
    const { satellites, edges } = this.#failures;
    for (let index = 0; index < satellites.length; index++) {
      this.positionsKm.fill(0, 3 * satellites[index]!, 3 * satellites[index]! + 3);
    }
    for (let index = 0; index < edges.length; index++) this.laserKm[edges[index]!] = Number.POSITIVE_INFINITY;
  }

  #measureLasers(): void {
    const { neighbours, longestKm } = this.#mesh;
    for (let satellite = 0; satellite < longestKm.length; satellite++) {
      // Each laser is "ahead" or "east" at exactly one of its two ends.
      for (let edge = 4 * satellite; edge < 4 * satellite + 4; edge += 2) {
        const other = neighbours[edge]!;
        if (other === -1) continue;
        const dx = this.positionsKm[3 * satellite]! - this.positionsKm[3 * other]!;
        const dy = this.positionsKm[3 * satellite + 1]! - this.positionsKm[3 * other + 1]!;
        const dz = this.positionsKm[3 * satellite + 2]! - this.positionsKm[3 * other + 2]!;
        const km = Math.sqrt(dx * dx + dy * dy + dz * dz);
        const laserKm = km <= longestKm[satellite]! ? km : Number.POSITIVE_INFINITY;
        this.laserKm[edge] = laserKm;
        this.laserKm[4 * other + (edge & 3) + 1] = laserKm;
      }
    }
  }
}
