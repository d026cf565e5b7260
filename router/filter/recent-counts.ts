import type { Ms } from '../../core/time/clock.ts';

/** How many attempts at each endpoint ended, and how many of them failed, within the last window: ten buckets, of which the oldest is dropped. */
export class RecentCounts {
  readonly #ended: Uint32Array;
  readonly #failed: Uint32Array;
  readonly #size: number;
  readonly #bucketMs: Ms;
  /** The number of the newest bucket, counted from time 0; NaN before the first. */
  #newest = Number.NaN;

  constructor(endpoints: number, windowMs: Ms) {
    this.#size = endpoints;
    this.#bucketMs = windowMs / BUCKETS;
    this.#ended = new Uint32Array(endpoints * BUCKETS);
    this.#failed = new Uint32Array(endpoints * BUCKETS);
  }

  add(endpoint: number, hasFailed: boolean, nowMs: Ms): void {
    this.#advance(Math.floor(nowMs / this.#bucketMs));
    const at = this.#placeOf(this.#newest) * this.#size + endpoint;
    this.#ended[at] = this.#ended[at]! + 1;
    if (hasFailed) this.#failed[at] = this.#failed[at]! + 1;
  }

  /** Up to the last `add`. */
  ended(endpoint: number): number {
    return this.#sum(this.#ended, endpoint);
  }

  failed(endpoint: number): number {
    return this.#sum(this.#failed, endpoint);
  }

  forget(endpoint: number): void {
    for (let at = endpoint; at < this.#ended.length; at += this.#size) {
      this.#ended[at] = 0;
      this.#failed[at] = 0;
    }
  }

  #advance(bucket: number): void {
    if (bucket === this.#newest) return;
    const passed = bucket - this.#newest;
    if (passed > 0 && passed < BUCKETS) {
      for (let each = this.#newest + 1; each <= bucket; each++) this.#clear(this.#placeOf(each));
    } else {
      // The first one, one after a long silence, or a clock that was set.
      this.#ended.fill(0);
      this.#failed.fill(0);
    }
    this.#newest = bucket;
  }

  #clear(place: number): void {
    this.#ended.fill(0, place * this.#size, (place + 1) * this.#size);
    this.#failed.fill(0, place * this.#size, (place + 1) * this.#size);
  }

  /** Time may be below 0 before a run starts. */
  #placeOf(bucket: number): number {
    return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
  }

  #sum(counts: Uint32Array, endpoint: number): number {
    let sum = 0;
    for (let at = endpoint; at < counts.length; at += this.#size) sum += counts[at]!;
    return sum;
  }
}

const BUCKETS = 10;
