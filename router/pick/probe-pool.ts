// Hot path: typed arrays, and nothing is allocated.
import type { Ms } from '../../core/time/clock.ts';

/**
 * The latest answers of probes, at most one an endpoint: requests in flight there (RIF) and the latency to expect. An answer goes when
 * it is too old, was used often enough, or is removed as the oldest or the worst.
 */
export class ProbePool {
  readonly endpoint: Int32Array;
  readonly inFlight: Float64Array;
  readonly latencyMs: Float64Array;
  readonly answeredAtMs: Float64Array;
  readonly #uses: Float64Array;
  size = 0;

  constructor(capacity: number) {
    this.endpoint = new Int32Array(capacity);
    this.inFlight = new Float64Array(capacity);
    this.latencyMs = new Float64Array(capacity);
    this.answeredAtMs = new Float64Array(capacity);
    this.#uses = new Float64Array(capacity);
  }

  /** Stores an answer in place of an earlier one of the endpoint; in a full pool, of the oldest. */
  add(endpoint: number, answer: { readonly inFlight: number; readonly latencyMs: Ms; readonly atMs: Ms }): void {
    let place = this.#placeOf(endpoint);
    if (place < 0) place = this.size < this.endpoint.length ? this.size++ : this.#oldest();
    this.endpoint[place] = endpoint;
    this.inFlight[place] = answer.inFlight;
    this.latencyMs[place] = answer.latencyMs;
    this.answeredAtMs[place] = answer.atMs;
    this.#uses[place] = 0;
  }

  /** So many requests were sent there: they are in flight, and the answer goes when it was used `most` times. */
  used(endpoint: number, { most, requests }: { readonly most: number; readonly requests: number }): void {
    const place = this.#placeOf(endpoint);
    if (place < 0) return;
    this.inFlight[place] = this.inFlight[place]! + requests;
    this.#uses[place] = this.#uses[place]! + 1;
    if (this.#uses[place]! >= most) this.#remove(place);
  }

  dropBefore(atMs: Ms): void {
    for (let place = this.size - 1; place >= 0; place--) if (this.answeredAtMs[place]! < atMs) this.#remove(place);
  }

  dropOldest(): void {
    if (this.size > 0) this.#remove(this.#oldest());
  }

  /** Drops the hot answer (more in flight than `hotAbove`) with the most in flight; where none is hot, the one with the longest latency. */
  dropWorst(hotAbove: number): void {
    let worst = -1;
    for (let place = 0; place < this.size; place++) {
      if (worst < 0 || this.#isWorse(place, worst, hotAbove)) worst = place;
    }
    if (worst >= 0) this.#remove(worst);
  }

  #isWorse(a: number, b: number, hotAbove: number): boolean {
    const isHot = this.inFlight[a]! > hotAbove;
    if (isHot !== this.inFlight[b]! > hotAbove) return isHot;
    return isHot ? this.inFlight[a]! > this.inFlight[b]! : this.latencyMs[a]! > this.latencyMs[b]!;
  }

  #placeOf(endpoint: number): number {
    for (let place = 0; place < this.size; place++) if (this.endpoint[place] === endpoint) return place;
    return -1;
  }

  #oldest(): number {
    let oldest = 0;
    for (let place = 1; place < this.size; place++) {
      if (this.answeredAtMs[place]! < this.answeredAtMs[oldest]!) oldest = place;
    }
    return oldest;
  }

  #remove(place: number): void {
    const last = --this.size;
    this.endpoint[place] = this.endpoint[last]!;
    this.inFlight[place] = this.inFlight[last]!;
    this.latencyMs[place] = this.latencyMs[last]!;
    this.answeredAtMs[place] = this.answeredAtMs[last]!;
    this.#uses[place] = this.#uses[last]!;
  }
}
