import type { Constellation } from '../orbit/constellation.ts';
import { laserMesh } from './laser-mesh.ts';
import type { Place } from './place.ts';
import { type Site, siteOf } from './site.ts';
import { Snapshot } from './snapshot.ts';

/** A constellation over its sites, with the last few instants it was asked about kept at hand. */
export class Sky {
  readonly constellation: Constellation;
  readonly #snapshots: readonly Snapshot[];
  readonly #sites: Site[] = [];
  readonly #usedAt: Float64Array;
  #uses = 0;

  constructor(constellation: Constellation) {
    this.constellation = constellation;
    const mesh = laserMesh(constellation);
    this.#snapshots = Array.from({ length: KEPT_INSTANTS }, () => new Snapshot(constellation, mesh));
    this.#usedAt = new Float64Array(KEPT_INSTANTS);
  }

  /** The site of a place; the same one for places of one name and position. */
  site(place: Omit<Place, 'terminal'>): Site {
    const made = siteOf(this.constellation.earth, place, this.#sites.length);
    const known = this.#sites.find(
      (site) => site.name === made.name && site.atKm.every((value, axis) => value === made.atKm[axis]),
    );
    if (known !== undefined) return known;
    this.#sites.push(made);
    return made;
  }

  /** The sky at an instant. It is reused for other instants later: read it at once, do not keep it. */
  at(unixMs: number): Snapshot {
    let oldest = 0;
    for (let index = 0; index < KEPT_INSTANTS; index++) {
      if (this.#snapshots[index]!.unixMs === unixMs) {
        this.#usedAt[index] = ++this.#uses;
        return this.#snapshots[index]!;
      }
      if (this.#usedAt[index]! < this.#usedAt[oldest]!) oldest = index;
    }
    const snapshot = this.#snapshots[oldest]!;
    snapshot.moveTo(unixMs);
    this.#usedAt[oldest] = ++this.#uses;
    return snapshot;
  }
}

/** Enough for now, the start of its slot, the start of the next, and one instant ahead. */
const KEPT_INSTANTS = 4;
