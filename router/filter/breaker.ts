import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { drawAt, streamKey } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../attempt/attempt.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation, Observer } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';
import { isFailure } from './failure.ts';
import type { Filter } from './filter.ts';
import { RecentCounts } from './recent-counts.ts';

export const breakerSchema = (z: Zod) =>
  z
    .strictObject({
      consecutive: z
        .int()
        .nonnegative()
        .max(1000)
        .default(0)
        .describe('So many failures in a row open the breaker of an endpoint; 0 for never.'),
      leastSuccess: z
        .number()
        .nonnegative()
        .max(1)
        .default(0)
        .describe('A share of successes below it, over the window, opens it; 0 for never.'),
      windowS: z
        .number()
        .positive()
        .max(3600)
        .default(10)
        .describe('How far back the share of successes looks, in seconds; it moves on by tenths.'),
      leastRequests: z
        .int()
        .positive()
        .max(1_000_000)
        .default(20)
        .describe('Requests within the window that the share needs before it counts.'),
      baseS: z.number().positive().max(3600).default(1).describe('How long it is open the first time, in seconds.'),
      maxS: z
        .number()
        .positive()
        .max(86_400)
        .default(60)
        .describe('How long at most: each failed probation doubles the time.'),
      jitter: z.number().nonnegative().lt(1).default(0.2).describe('By which share that time varies, to either side.'),
    })
    .describe('An endpoint that keeps failing gets nothing, and then one request at a time until that is answered.');

export type BreakerSettings = Made<typeof breakerSchema>;

/** Whether the breaker is used at all. */
export const isBreakerOn = ({ consecutive, leastSuccess }: BreakerSettings): boolean =>
  consecutive > 0 || leastSuccess > 0;

export type BreakerState = 'closed' | 'probation' | 'open';

/**
 * Opens by itself for each endpoint that keeps failing requests, and closes when one request was answered there again:
 *
 *     closed --- `consecutive` failures in a row, or successes / requests < leastSuccess over the window ---> open
 *     open ----- after min(maxS, baseS * 2^(n-1)) * U[1 - jitter, 1 + jitter], n = times since it was closed ---> probation
 *     probation: one request is let in; its first message ---> closed, its failure ---> open, anything else ---> the next one
 *
 * With the defaults and `consecutive: 5`: five failures, and nothing for 0.8 to 1.2 s, one request, then 1.6 to 2.4 s, ... at most 60 s.
 *
 * It differs from `Ejection`, which compares endpoints: that leaves out a tenth at most, and gives way where nothing else is left. A
 * breaker holds for each endpoint alone: all may be open, and then requests are refused at once, so that servers that are
 * down are left in peace. Ejection is for the odd one out of many, a breaker for servers that fail together, or one that stands alone.
 *
 * Source: the states are those of M. Nygard, Release It!, 2007; the back-off and the probation of one request are those of Finagle
 * (failure accrual) and linkerd2-proxy.
 */
export class Breaker implements Filter, Observer {
  readonly reason = 'broken';
  /** How often each was opened. */
  readonly opened: Uint32Array;
  #settings: BreakerSettings;
  readonly #keys: readonly number[];
  /** When an open one lets a request in; NaN while it is closed. */
  readonly #dueAtMs: Float64Array;
  /** Failures in a row. */
  readonly #row: Uint32Array;
  /** How often it was opened since it was closed. */
  readonly #times: Uint32Array;
  #recent: RecentCounts;
  /** The request of a probation; null where none is under way. */
  readonly #probes: (Attempt | null)[];
  #notClosed = 0;

  /** `label` tells the draws of several routers apart. */
  constructor({ size, names }: Pick<EndpointTable, 'size' | 'names'>, settings: BreakerSettings, label: string) {
    this.#settings = settings;
    this.#keys = names.map((name) => streamKey(`${label}/breaker/${name}`));
    this.opened = new Uint32Array(size);
    this.#dueAtMs = new Float64Array(size).fill(Number.NaN);
    this.#row = new Uint32Array(size);
    this.#times = new Uint32Array(size);
    this.#recent = new RecentCounts(size, settings.windowS * 1000);
    this.#probes = new Array(size).fill(null);
  }

  /**
   * By other settings from now on. One that is open stays open, but no longer than they allow from now; all close where they switch it
   * off. What was counted stays, unless it is counted over another window.
   */
  retune(settings: BreakerSettings, nowMs: Ms): void {
    const { windowS, maxS, jitter } = settings;
    if (windowS !== this.#settings.windowS) this.#recent = new RecentCounts(this.#row.length, windowS * 1000);
    this.#settings = settings;
    const latestMs = nowMs + maxS * (1 + jitter) * 1000;
    for (let endpoint = 0; endpoint < this.#row.length; endpoint++) {
      if (this.#isClosed(endpoint)) continue;
      if (isBreakerOn(settings)) this.#dueAtMs[endpoint] = Math.min(this.#dueAtMs[endpoint]!, latestMs);
      else this.#close(endpoint);
    }
  }

  /** Knows of an endpoint whether another one is open there, and how often it was opened, under its number there. Call `retune` after the last. */
  inherit(endpoint: number, from: Breaker, its: number): void {
    this.#notClosed += Number(!from.#isClosed(its)) - Number(!this.#isClosed(endpoint));
    this.#dueAtMs[endpoint] = from.#dueAtMs[its]!;
    this.#row[endpoint] = from.#row[its]!;
    this.#times[endpoint] = from.#times[its]!;
  }

  get admitsAll(): boolean {
    return this.#notClosed === 0;
  }

  admits(endpoint: number, _request: RequestInfo, nowMs: Ms): boolean {
    return this.#isClosed(endpoint) || (this.#probes[endpoint] === null && this.#isDue(endpoint, nowMs));
  }

  state(endpoint: number, nowMs: Ms): BreakerState {
    if (this.#isClosed(endpoint)) return 'closed';
    return this.#isDue(endpoint, nowMs) ? 'probation' : 'open';
  }

  /** How long until one of them lets a request in; 0 where one does, or may as soon as its probation ends. */
  waitMs(nowMs: Ms): Ms {
    let leastMs = Number.POSITIVE_INFINITY;
    for (const dueAtMs of this.#dueAtMs) leastMs = Math.min(leastMs, Number.isNaN(dueAtMs) ? 0 : dueAtMs - nowMs);
    return Math.max(0, leastMs);
  }

  observe(what: Observation): void {
    switch (what.kind) {
      case 'began': {
        const { endpoint } = what.attempt;
        if (!this.#isClosed(endpoint) && this.#isDue(endpoint, what.nowMs)) this.#probes[endpoint] ??= what.attempt;
        return;
      }
      case 'first':
        if (this.#probes[what.attempt.endpoint] === what.attempt) this.#close(what.attempt.endpoint);
        return;
      case 'ended':
        this.#ended(what);
    }
  }

  #ended({ attempt, ending, nowMs }: Extract<Observation, { kind: 'ended' }>): void {
    const { endpoint } = attempt;
    const hasFailed = isFailure(attempt, ending);
    if (!this.#isClosed(endpoint)) {
      if (this.#probes[endpoint] !== attempt) return; // it began before, and says nothing new
      this.#probes[endpoint] = null;
      if (hasFailed === true) this.#open(endpoint, nowMs);
      else if (hasFailed === false) this.#close(endpoint);
      return;
    }
    if (hasFailed === null || !isBreakerOn(this.#settings)) return;
    this.#row[endpoint] = hasFailed ? this.#row[endpoint]! + 1 : 0;
    this.#recent.add(endpoint, hasFailed, nowMs);
    if (hasFailed && this.#failsTooOften(endpoint)) this.#open(endpoint, nowMs);
  }

  #failsTooOften(endpoint: number): boolean {
    const { consecutive, leastSuccess, leastRequests } = this.#settings;
    if (consecutive > 0 && this.#row[endpoint]! >= consecutive) return true;
    const ended = this.#recent.ended(endpoint);
    return ended >= leastRequests && 1 - this.#recent.failed(endpoint) / ended < leastSuccess;
  }

  #open(endpoint: number, nowMs: Ms): void {
    const { baseS, maxS, jitter } = this.#settings;
    if (this.#isClosed(endpoint)) this.#notClosed++;
    const doubled = baseS * 2 ** Math.min(MOST_DOUBLINGS, this.#times[endpoint]!);
    const varied = 1 + jitter * (2 * drawAt(this.#keys[endpoint]!, this.opened[endpoint]!) - 1);
    this.#dueAtMs[endpoint] = nowMs + Math.min(maxS, doubled) * varied * 1000;
    this.#times[endpoint] = this.#times[endpoint]! + 1;
    this.opened[endpoint] = this.opened[endpoint]! + 1;
  }

  #close(endpoint: number): void {
    this.#notClosed--;
    this.#dueAtMs[endpoint] = Number.NaN;
    this.#times[endpoint] = 0;
    this.#row[endpoint] = 0;
    this.#probes[endpoint] = null;
    this.#recent.forget(endpoint);
  }

  #isClosed(endpoint: number): boolean {
    return Number.isNaN(this.#dueAtMs[endpoint]!);
  }

  /** A time that is further away than any that it sets is from before the clock was set. */
  #isDue(endpoint: number, nowMs: Ms): boolean {
    const leftMs = this.#dueAtMs[endpoint]! - nowMs;
    return leftMs <= 0 || leftMs > 2000 * this.#settings.maxS;
  }
}

/** 2^40 times the shortest base is longer than the longest time. */
const MOST_DOUBLINGS = 40;
