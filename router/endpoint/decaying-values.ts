import type { Ms } from '../../core/time/clock.ts';

/**
 * A value for each endpoint that decays by e^(-dt / tau) from the instant of its last sample. Hot path: `at` allocates nothing, and the
 * values of all endpoints at one instant need one exponential.
 */
export class DecayingValues {
  /** The value at the instant of the last sample; 0 before the first. */
  readonly value: Float64Array;
  /** When that sample came; NaN before the first. */
  readonly sampledAtMs: Float64Array;
  #tauMs: Ms;
  /** The value as it would have been at `#baseMs`: value * e^((t0 - base) / tau). */
  readonly #atBase: Float64Array;
  #baseMs: Ms = Number.NaN;
  #latestMs: Ms = Number.NEGATIVE_INFINITY;
  #keptAtMs: Ms = Number.NaN;
  #keptSinceBase = 0;

  constructor(endpoints: number, tauMs: Ms) {
    this.value = new Float64Array(endpoints);
    this.sampledAtMs = new Float64Array(endpoints).fill(Number.NaN);
    this.#atBase = new Float64Array(endpoints).fill(Number.NaN);
    this.#tauMs = tauMs;
  }

  /** What is left at `nowMs` of `atBase`: the value of any endpoint is the product, but at the instant of its last sample the value itself. */
  keptSinceBaseAt(nowMs: Ms): number {
    if (nowMs !== this.#keptAtMs) {
      this.#keptAtMs = nowMs;
      this.#keptSinceBase = Math.exp((this.#baseMs - nowMs) / this.#tauMs);
    }
    return this.#keptSinceBase;
  }

  /** Whether no sample came at `nowMs` or later: then each value is `atBase` times what is left of it. */
  isAfterAll(nowMs: Ms): boolean {
    return nowMs > this.#latestMs;
  }

  /** NaN for an endpoint without a sample. */
  get atBase(): Float64Array {
    return this.#atBase;
  }

  /** The value at `nowMs`; NaN for an endpoint without a sample. */
  at(endpoint: number, nowMs: Ms): number {
    if (nowMs === this.sampledAtMs[endpoint]) return this.value[endpoint]!;
    return this.#atBase[endpoint]! * this.keptSinceBaseAt(nowMs);
  }

  /** What is left at `nowMs` of a value of 1 at the last sample; NaN before the first. */
  keptOf(endpoint: number, nowMs: Ms): number {
    return Math.exp((this.sampledAtMs[endpoint]! - nowMs) / this.#tauMs);
  }

  set(endpoint: number, value: number, nowMs: Ms): void {
    this.value[endpoint] = value;
    this.sampledAtMs[endpoint] = nowMs;
    if (nowMs > this.#latestMs) this.#latestMs = nowMs;
    this.#rebase(endpoint, nowMs);
  }

  /** Values decay by another time from their last samples on. */
  retune(tauMs: Ms): void {
    if (tauMs === this.#tauMs) return;
    this.#tauMs = tauMs;
    this.#baseMs = Number.NaN; // so that the values at the base are written again
    this.#keptAtMs = Number.NaN;
    for (let endpoint = 0; endpoint < this.value.length; endpoint++) {
      this.#rebase(endpoint, this.sampledAtMs[endpoint]!);
    }
  }

  /** Goes on from the value of another one. */
  inherit(endpoint: number, from: DecayingValues, its: number): void {
    this.set(endpoint, from.value[its]!, from.sampledAtMs[its]!);
  }

  /** Writes the value of an endpoint at the base; the base moves where it would be so far away that numbers get too large or too small. */
  #rebase(endpoint: number, nowMs: Ms): void {
    const isFar = !(Math.abs(nowMs - this.#baseMs) < MOST_TAUS * this.#tauMs);
    if (isFar && !Number.isNaN(nowMs)) {
      this.#baseMs = nowMs;
      this.#keptAtMs = Number.NaN;
    }
    const first = isFar ? 0 : endpoint;
    const after = isFar ? this.value.length : endpoint + 1;
    for (let each = first; each < after; each++) {
      this.#atBase[each] = this.value[each]! * Math.exp((this.sampledAtMs[each]! - this.#baseMs) / this.#tauMs);
    }
  }
}

/** e^20 is far from the largest and the smallest number. */
const MOST_TAUS = 20;
