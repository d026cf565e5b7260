// Hot path: a pick compares instants in typed arrays instead of asking the forecast of each endpoint.
import type { Ms } from '../../core/time/clock.ts';
import type { Forecast } from './forecast.ts';

/**
 * What the forecast says of each path at one instant, kept by endpoint until it may change. The columns of an endpoint hold after `see` or
 * `seeOne`, for the instant that was given; what they say does not depend on what was asked before.
 */
export class PathsNow {
  readonly #forecast: Forecast;
  /** From when until when the columns of an endpoint hold. */
  readonly #fromMs: Float64Array;
  readonly #untilMs: Float64Array;
  readonly #rttMs: Float64Array;
  readonly #handoverAtMs: Float64Array;
  readonly #openUntilMs: Float64Array;
  /** The list of candidates that was seen last, and from when until when the columns of all of it hold. */
  #list = -1;
  #listFromMs: Ms = Number.NaN;
  #listUntilMs: Ms = Number.NaN;
  #listCalmUntilMs: Ms = Number.NaN;
  #listRttMs = new Float64Array(0);

  constructor(endpoints: number, forecast: Forecast) {
    this.#forecast = forecast;
    this.#fromMs = new Float64Array(endpoints).fill(Number.NaN);
    this.#untilMs = new Float64Array(endpoints).fill(Number.NaN);
    this.#rttMs = new Float64Array(endpoints);
    this.#handoverAtMs = new Float64Array(endpoints);
    this.#openUntilMs = new Float64Array(endpoints);
  }

  /** `Forecast.rttMsAt` now: NaN where nothing is known. */
  get rttMs(): Float64Array {
    return this.#rttMs;
  }

  /** `Forecast.nextHandoverAfter` now. */
  get handoverAtMs(): Float64Array {
    return this.#handoverAtMs;
  }

  /** An instant before which nothing closes, as `Forecast.openUntilMs`; it may have been asked for a while ago. */
  get openUntilMs(): Float64Array {
    return this.#openUntilMs;
  }

  /** By place in the list that `see` had last: its round trips. */
  get listRttMs(): Float64Array {
    return this.#listRttMs;
  }

  /** Before that no path of that list has a hand-over, and none closes. */
  get listCalmUntilMs(): Ms {
    return this.#listCalmUntilMs;
  }

  /**
   * Makes the columns those of `nowMs`, of the first `count` endpoints of `list`. Give the number of a list of candidates that is compared as
   * a whole, -1 for another: while it stays the same, one comparison tells that all still hold.
   */
  see(list: Uint32Array, count: number, nowMs: Ms, candidateList = -1): void {
    const isSame = candidateList >= 0 && candidateList === this.#list;
    if (!isSame || !(nowMs >= this.#listFromMs && nowMs < this.#listUntilMs)) this.#seeAll(list, count, nowMs);
    this.#list = candidateList;
  }

  #seeAll(list: Uint32Array, count: number, nowMs: Ms): void {
    if (this.#listRttMs.length < count) this.#listRttMs = new Float64Array(count);
    const listRttMs = this.#listRttMs;
    const rttMs = this.#rttMs;
    const handoverAtMs = this.#handoverAtMs;
    const openUntilMs = this.#openUntilMs;
    const knownFromMs = this.#fromMs;
    const knownUntilMs = this.#untilMs;
    let fromMs = Number.NEGATIVE_INFINITY;
    let untilMs = Number.POSITIVE_INFINITY;
    let calmUntilMs = Number.POSITIVE_INFINITY;
    for (let place = 0; place < count; place++) {
      const endpoint = list[place]!;
      if (!(nowMs >= knownFromMs[endpoint]! && nowMs < knownUntilMs[endpoint]!)) this.#ask(endpoint, nowMs);
      if (knownFromMs[endpoint]! > fromMs) fromMs = knownFromMs[endpoint]!;
      if (knownUntilMs[endpoint]! < untilMs) untilMs = knownUntilMs[endpoint]!;
      if (handoverAtMs[endpoint]! < calmUntilMs) calmUntilMs = handoverAtMs[endpoint]!;
      if (openUntilMs[endpoint]! < calmUntilMs) calmUntilMs = openUntilMs[endpoint]!;
      listRttMs[place] = rttMs[endpoint]!;
    }
    this.#listFromMs = fromMs;
    this.#listUntilMs = untilMs;
    this.#listCalmUntilMs = calmUntilMs;
  }

  seeOne(endpoint: number, nowMs: Ms): void {
    if (!(nowMs >= this.#fromMs[endpoint]! && nowMs < this.#untilMs[endpoint]!)) this.#ask(endpoint, nowMs);
  }

  #ask(endpoint: number, nowMs: Ms): void {
    const forecast = this.#forecast;
    const handoverAtMs = forecast.nextHandoverAfter(endpoint, nowMs);
    const openUntilMs = forecast.openUntilMs(endpoint, nowMs);
    this.#rttMs[endpoint] = forecast.rttMsAt(endpoint, nowMs, nowMs);
    this.#handoverAtMs[endpoint] = handoverAtMs;
    this.#openUntilMs[endpoint] = openUntilMs;
    this.#fromMs[endpoint] = nowMs;
    // An end that comes near may only be that of what was looked at: then it is asked for again, halfway.
    const againAtMs = nowMs + Math.max(LEAST_MS, (openUntilMs - nowMs) / 2);
    this.#untilMs[endpoint] = Math.min(forecast.nextChangeAfter(endpoint, nowMs), handoverAtMs, againAtMs);
  }
}

const LEAST_MS: Ms = 100;
