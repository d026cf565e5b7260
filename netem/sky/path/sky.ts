import type { Constellation } from '../orbit/constellation.ts';
import { type Failures, isFailing } from './failures.ts';
import { type LaserMesh, laserMesh } from './laser-mesh.ts';
import type { Place } from './place.ts';
import { type GroundSite, type OrbitalSite, type Site, siteOf } from './site.ts';
import { Snapshot } from './snapshot.ts';

/** A constellation over its sites. It caches the last few instants that were asked for. */
export class Sky {
  readonly constellation: Constellation;
  readonly #failures: Failures | null;
  readonly #snapshots: readonly Snapshot[];
  readonly #sites: Site[] = [];
  readonly #usedAt: Float64Array;
  #uses = 0;

  constructor(
    constellation: Constellation,
    mesh: LaserMesh = laserMesh(constellation),
    failures: Failures | null = null,
  ) {
    this.constellation = constellation;
    this.#failures = failures;
    this.#snapshots = Array.from({ length: KEPT_INSTANTS }, () => new Snapshot(constellation, mesh, failures));
    this.#usedAt = new Float64Array(KEPT_INSTANTS);
  }

  /** The site of a place. Places with the same name and position share one site. */
  site(place: Omit<Place, 'terminal'>): GroundSite {
    const made = siteOf(this.constellation.earth, place, this.#sites.length);
    const known = this.#sites.find(
      (site): site is GroundSite =>
        'atKm' in site && site.name === made.name && site.atKm.every((value, axis) => value === made.atKm[axis]),
    );
    if (known !== undefined) return known;
    this.#sites.push(made);
    return made;
  }

  /** The site on board a satellite, by its number in the constellation. */
  siteOnBoard(name: string, satellite: number): OrbitalSite {
    const known = this.#sites.find(
      (site): site is OrbitalSite => 'satellite' in site && site.name === name && site.satellite === satellite,
    );
    if (known !== undefined) return known;
    const made = { name, satellite, index: this.#sites.length };
    this.#sites.push(made);
    return made;
  }

  /**
   * The sky at an instant, with the failures that are known at `asOfUnixMs`. The object is reused for other instants: read
   * it at once, do not keep it.
   */
  at(unixMs: number, asOfUnixMs = unixMs): Snapshot {
    const failing = isFailing(this.#failures, asOfUnixMs);
    let oldest = 0;
    for (let index = 0; index < KEPT_INSTANTS; index++) {
      if (this.#snapshots[index]!.unixMs === unixMs && this.#snapshots[index]!.failing === failing) {
        this.#usedAt[index] = ++this.#uses;
        return this.#snapshots[index]!;
      }
      if (this.#usedAt[index]! < this.#usedAt[oldest]!) oldest = index;
    }
    const snapshot = this.#snapshots[oldest]!;
    snapshot.moveTo(unixMs, failing);
    this.#usedAt[oldest] = ++this.#uses;
    return snapshot;
  }
}

/** Enough for now, the start of this slot, the start of the next slot, and one instant ahead. */
const KEPT_INSTANTS = 4;
