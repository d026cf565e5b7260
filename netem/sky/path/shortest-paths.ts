// Hot path: typed arrays, no allocation after the constructor.
import type { LaserMesh } from './laser-mesh.ts';

/**
 * Shortest paths over the lasers from one source. A search stops at the target that was asked for; the search for the next
 * target continues from there. The object is reused from instant to instant.
 *
 * Satellites wait in buckets of 512 km, not in a heap. This takes a third of the time, because the processor cannot predict
 * the branches of a heap. A distance may improve while its own bucket is being emptied; the satellite is then visited
 * again. Once a bucket is empty, every distance below its end is final. Source: Meyer and Sanders, delta-stepping, 2003.
 */
export class ShortestPaths {
  /** The number of the source, as the owner numbers sources. */
  source = Number.NaN;
  readonly #neighbours: Int32Array;
  readonly #laserKm: Float64Array;
  readonly #distanceKm: Float64Array;
  readonly #previous: Int32Array;
  /** Doubly linked lists of waiting satellites, one list a bucket; a satellite is in at most one. */
  readonly #head = new Int32Array(BUCKETS);
  readonly #after: Int32Array;
  readonly #before: Int32Array;
  readonly #bucketOf: Int32Array;
  #bucket = 0;
  #waiting = 0;

  /** `laserKm` has the same indexes as the neighbours of the mesh; Infinity where a laser cannot reach. */
  constructor(mesh: LaserMesh, laserKm: Float64Array) {
    const count = mesh.longestKm.length;
    this.#neighbours = mesh.neighbours;
    this.#laserKm = laserKm;
    this.#distanceKm = new Float64Array(count);
    this.#previous = new Int32Array(count);
    this.#after = new Int32Array(count);
    this.#before = new Int32Array(count);
    this.#bucketOf = new Int32Array(count);
  }

  /** Clears the search. Call `seed` next to say where paths start. */
  restart(source: number): void {
    this.source = source;
    this.#bucket = 0;
    this.#waiting = 0;
    this.#head.fill(-1);
    this.#bucketOf.fill(-1);
    this.#distanceKm.fill(Number.POSITIVE_INFINITY);
  }

  /** Lets paths start at `satellite` with a length of `km`. At most once for a satellite, before any distance is asked for. */
  seed(satellite: number, km: number): void {
    this.#reach(satellite, km, -1);
  }

  /** The length of the shortest path in km; Infinity when there is none. */
  distanceKm(target: number): number {
    // The search is its own method, so that the rest of this one is inlined in callers and the number stays off the heap.
    if (this.#waiting > 0) this.#searchFor(target);
    return this.#distanceKm[target]!;
  }

  /** The satellites of the shortest path from a seed to `target`, both included; empty when there is none. */
  pathTo(target: number): number[] {
    const path: number[] = [];
    if (this.distanceKm(target) === Number.POSITIVE_INFINITY) return path;
    for (let satellite = target; satellite !== -1; satellite = this.#previous[satellite]!) path.push(satellite);
    return path.reverse();
  }

  #searchFor(target: number): void {
    const distanceKm = this.#distanceKm;
    const head = this.#head;
    while (this.#waiting > 0 && !(distanceKm[target]! < this.#bucket * BUCKET_KM)) {
      const satellite = head[this.#bucket & (BUCKETS - 1)]!;
      if (satellite === -1) this.#bucket++;
      else this.#relax(satellite);
    }
  }

  #relax(satellite: number): void {
    this.#leave(satellite);
    const distanceKm = this.#distanceKm;
    const neighbours = this.#neighbours;
    const laserKm = this.#laserKm;
    const km = distanceKm[satellite]!;
    for (let edge = 4 * satellite; edge < 4 * satellite + 4; edge++) {
      const neighbour = neighbours[edge]!;
      if (neighbour === -1) continue;
      const throughKm = km + laserKm[edge]!;
      if (throughKm < distanceKm[neighbour]!) this.#reach(neighbour, throughKm, satellite);
    }
  }

  #reach(satellite: number, km: number, previous: number): void {
    this.#distanceKm[satellite] = km;
    this.#previous[satellite] = previous;
    const bucket = (km / BUCKET_KM) & (BUCKETS - 1); // the bit operation also drops the fraction
    if (this.#bucketOf[satellite] === bucket) return;
    if (this.#bucketOf[satellite] !== -1) this.#leave(satellite);
    const next = this.#head[bucket]!;
    this.#after[satellite] = next;
    this.#before[satellite] = -1;
    if (next !== -1) this.#before[next] = satellite;
    this.#head[bucket] = satellite;
    this.#bucketOf[satellite] = bucket;
    this.#waiting++;
  }

  #leave(satellite: number): void {
    const before = this.#before[satellite]!;
    const after = this.#after[satellite]!;
    if (before === -1) this.#head[this.#bucketOf[satellite]!] = after;
    else this.#after[before] = after;
    if (after !== -1) this.#before[after] = before;
    this.#bucketOf[satellite] = -1;
    this.#waiting--;
  }
}

const BUCKET_KM = 512;

/** Buckets are used as a ring, so all together must span any laser or way up (10,700 km at the highest shell). A power of two. */
const BUCKETS = 32;
