import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation, Observer } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';
import { isFailure } from './failure.ts';
import type { Filter } from './filter.ts';

export const ejectionSchema = (z: Zod) =>
  z
    .strictObject({
      consecutive: z
        .int()
        .nonnegative()
        .max(1000)
        .default(5)
        .describe('So many failures in a row eject an endpoint; 0 for never.'),
      failureShare: z
        .number()
        .gt(0)
        .max(1)
        .default(0.85)
        .describe('So large a share of failures between two sweeps ejects it.'),
      deviations: z
        .number()
        .nonnegative()
        .max(10)
        .default(1.9)
        .describe(
          'A success rate so many standard deviations below the mean of all endpoints ejects it, where five or more have enough requests; 0 for never.',
        ),
      leastRequests: z
        .int()
        .positive()
        .max(1_000_000)
        .default(100)
        .describe('Requests between two sweeps that an endpoint needs before its share or its rate counts.'),
      sweepS: z
        .number()
        .positive()
        .max(3600)
        .default(10)
        .describe('How often shares and rates are compared, in seconds.'),
      baseS: z.number().positive().max(3600).default(30).describe('How long it is ejected the first time, in seconds.'),
      maxS: z.number().positive().max(86_400).default(300).describe('How long at most, however often it was before.'),
      maxShare: z
        .number()
        .nonnegative()
        .max(1)
        .default(0.1)
        .describe('The share of endpoints that may be ejected at once; one may be in any case, 0 for none at all.'),
    })
    .describe('An endpoint that keeps failing requests gets none for a while.');

export type EjectionSettings = Made<typeof ejectionSchema>;

/**
 * Leaves out endpoints that keep failing requests while their health checks are well, such as a node that refuses at once and so looks fast.
 *
 * An endpoint is ejected by `consecutive` failures in a row at once; and at a sweep by a share of failures, or by a success rate below
 * mean - deviations * sigma of all endpoints with enough requests. It stays out for baseS * n, n being how often it was: once more each time, and
 * one less for each sweep that it was not out. At most max(1, maxShare) are out at once, and where nothing else is left it is chosen all the same.
 *
 * 100, 99, 98, 99 and 40 % of success have a mean of 87.2 and a sigma of 23.6: 40 is below 87.2 - 1.9 * 23.6 = 42.3, and is ejected.
 * Source: Envoy, outlier detection; gRFC A50.
 */
export class Ejection implements Filter, Observer {
  readonly reason = 'no-endpoint';
  readonly yields = 'in-panic';
  /** Until when each is out; -Infinity for those that are not. */
  readonly untilMs: Float64Array;
  /** How often each was ejected. */
  readonly ejections: Uint32Array;
  #settings: EjectionSettings;
  #most: number;
  /** Failures in a row; then of this sweep. */
  readonly #row: Uint32Array;
  readonly #failures: Uint32Array;
  readonly #ended: Uint32Array;
  /** The n of the next time that it is out, less one. */
  readonly #times: Uint32Array;
  #out = 0;
  #sweepAtMs: Ms = Number.NaN;

  constructor({ size }: EndpointTable, settings: EjectionSettings) {
    this.#settings = settings;
    this.#most = mostOut(size, settings);
    this.untilMs = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.ejections = new Uint32Array(size);
    this.#row = new Uint32Array(size);
    this.#failures = new Uint32Array(size);
    this.#ended = new Uint32Array(size);
    this.#times = new Uint32Array(size);
  }

  /**
   * By other settings from now on. What is out stays out, but no longer than `maxS` from now; where more are out than may be, those whose
   * time ends first come back. What was counted of failures stays.
   */
  retune(settings: EjectionSettings, nowMs: Ms): void {
    this.#settings = settings;
    this.#most = mostOut(this.untilMs.length, settings);
    if (!Number.isNaN(this.#sweepAtMs)) this.#sweepAtMs = Math.min(this.#sweepAtMs, nowMs + settings.sweepS * 1000);
    this.#keepWithin(nowMs);
  }

  /** Knows of an endpoint what another one has counted of it, under its number there. Call `retune` after the last. */
  inherit(endpoint: number, from: Ejection, its: number): void {
    this.untilMs[endpoint] = from.untilMs[its]!;
    this.#row[endpoint] = from.#row[its]!;
    this.#failures[endpoint] = from.#failures[its]!;
    this.#ended[endpoint] = from.#ended[its]!;
    this.#times[endpoint] = from.#times[its]!;
    this.#sweepAtMs = from.#sweepAtMs;
  }

  #keepWithin(nowMs: Ms): void {
    const latestMs = nowMs + this.#settings.maxS * 1000;
    const out = [...this.untilMs.keys()].filter((endpoint) => this.#isOut(endpoint));
    out.sort((a, b) => this.untilMs[b]! - this.untilMs[a]!);
    for (const [rank, endpoint] of out.entries()) {
      const stays = rank < this.#most;
      this.untilMs[endpoint] = stays ? Math.min(this.untilMs[endpoint]!, latestMs) : Number.NEGATIVE_INFINITY;
    }
    this.#out = Math.min(out.length, this.#most);
  }

  get admitsAll(): boolean {
    return this.#out === 0;
  }

  admits(endpoint: number, _request: RequestInfo, nowMs: Ms): boolean {
    return nowMs >= this.untilMs[endpoint]!;
  }

  observe(what: Observation): void {
    if (what.kind === 'began') this.#pass(what.nowMs);
    if (what.kind !== 'ended') return;
    const { attempt, ending, nowMs } = what;
    const hasFailed = isFailure(attempt, ending);
    if (hasFailed === null) return;
    const { endpoint } = attempt;
    this.#ended[endpoint] = this.#ended[endpoint]! + 1;
    if (!hasFailed) {
      this.#row[endpoint] = 0;
      return;
    }
    this.#failures[endpoint] = this.#failures[endpoint]! + 1;
    this.#row[endpoint] = this.#row[endpoint]! + 1;
    const { consecutive } = this.#settings;
    if (consecutive > 0 && this.#row[endpoint]! >= consecutive) this.#eject(endpoint, nowMs);
  }

  /** Sweeps when that is due, and then ends the time of those that were out long enough. */
  #pass(nowMs: Ms): void {
    if (!(nowMs < this.#sweepAtMs)) {
      if (!Number.isNaN(this.#sweepAtMs)) this.#sweep(nowMs);
      this.#sweepAtMs = nowMs + this.#settings.sweepS * 1000;
    }
    if (this.#out === 0) return;
    for (let endpoint = 0; endpoint < this.untilMs.length; endpoint++) {
      if (!this.#isOut(endpoint) || nowMs < this.untilMs[endpoint]!) continue;
      this.untilMs[endpoint] = Number.NEGATIVE_INFINITY;
      this.#row[endpoint] = 0;
      this.#out--;
    }
  }

  #sweep(nowMs: Ms): void {
    const { failureShare, deviations, leastRequests } = this.#settings;
    const counted: number[] = [];
    for (let endpoint = 0; endpoint < this.#ended.length; endpoint++) {
      if (this.#isOut(endpoint)) continue;
      if (this.#times[endpoint]! > 0) this.#times[endpoint] = this.#times[endpoint]! - 1;
      if (this.#ended[endpoint]! >= leastRequests) counted.push(endpoint);
    }
    const rates = counted.map((endpoint) => 1 - this.#failures[endpoint]! / this.#ended[endpoint]!);
    const least = deviations > 0 && counted.length >= LEAST_HOSTS ? meanOf(rates) - deviations * sigmaOf(rates) : 0;
    for (const [index, endpoint] of counted.entries()) {
      if (rates[index]! < least || 1 - rates[index]! >= failureShare) this.#eject(endpoint, nowMs);
    }
    this.#ended.fill(0);
    this.#failures.fill(0);
  }

  #eject(endpoint: number, nowMs: Ms): void {
    if (this.#out >= this.#most || this.#isOut(endpoint)) return;
    const { baseS, maxS } = this.#settings;
    this.#times[endpoint] = this.#times[endpoint]! + 1;
    this.untilMs[endpoint] = nowMs + Math.min(maxS, baseS * this.#times[endpoint]!) * 1000;
    this.ejections[endpoint] = this.ejections[endpoint]! + 1;
    this.#row[endpoint] = 0;
    this.#out++;
  }

  #isOut(endpoint: number): boolean {
    return this.untilMs[endpoint] !== Number.NEGATIVE_INFINITY;
  }
}

/** How many of so many endpoints may be out at once. */
const mostOut = (size: number, { maxShare }: EjectionSettings): number =>
  maxShare === 0 ? 0 : Math.min(size - 1, Math.max(1, Math.floor(size * maxShare)));

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const sigmaOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
};

const LEAST_HOSTS = 5;
