import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { drawAt, streamKey } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Observation, Observer } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Filter } from './filter.ts';

export const slowStartSchema = (z: Zod) =>
  z
    .strictObject({
      windowS: z
        .number()
        .nonnegative()
        .max(3600)
        .default(0)
        .describe('How long an endpoint that comes back gets fewer requests, in seconds; 0 for no slow start.'),
      aggression: z.number().positive().max(10).default(1).describe('1 for a straight ramp; more is faster at first.'),
      minShare: z.number().gt(0).max(1).default(0.1).describe('The share at the beginning.'),
    })
    .describe('An endpoint whose connection comes back takes requests by and by.');

export type SlowStartSettings = Made<typeof slowStartSchema>;

/**
 * An endpoint that became available again t ago is offered to a share of the requests,
 *
 *     max(minShare, (t / window)^(1 / aggression))
 *
 * and to all after the window: 10 % at once, 50 % after half of it. Which requests is drawn by their numbers, so that a pick changes
 * nothing. It yields: where it leaves nothing, it is not asked. Endpoints that were there at the start do not ramp. Source: Envoy, slow
 * start mode, which lowers the weight of the endpoint instead; a filter serves policies without weights too.
 */
export class SlowStart implements Filter, Observer {
  readonly reason = 'no-endpoint';
  readonly yields = 'at-none';
  #settings: SlowStartSettings;
  /** When each came back; NaN from then until the next request, which is when time is known. */
  readonly #ramping = new Map<number, Ms>();
  #windowMs: Ms;

  constructor(settings: SlowStartSettings) {
    this.#settings = settings;
    this.#windowMs = settings.windowS * 1000;
  }

  /** By other settings from now on. Endpoints that ramp go on ramping, as far as the new window goes. */
  retune(settings: SlowStartSettings): void {
    this.#settings = settings;
    this.#windowMs = settings.windowS * 1000;
    if (this.#windowMs === 0) this.#ramping.clear();
  }

  get admitsAll(): boolean {
    return this.#ramping.size === 0;
  }

  admits(endpoint: number, { id }: RequestInfo, nowMs: Ms): boolean {
    const sinceMs = this.#ramping.get(endpoint);
    return sinceMs === undefined || drawAt(KEY + endpoint, id) < this.#shareAfter(nowMs - sinceMs);
  }

  observe(what: Observation): void {
    if (what.kind === 'available') {
      if (what.isAvailable && this.#windowMs > 0) this.#ramping.set(what.endpoint, Number.NaN);
      else this.#ramping.delete(what.endpoint);
    }
    if (what.kind !== 'began' || this.#ramping.size === 0) return;
    for (const [endpoint, sinceMs] of this.#ramping) {
      if (Number.isNaN(sinceMs)) this.#ramping.set(endpoint, what.nowMs);
      else if (what.nowMs - sinceMs >= this.#windowMs) this.#ramping.delete(endpoint);
    }
  }

  #shareAfter(elapsedMs: Ms): number {
    const { aggression, minShare } = this.#settings;
    if (Number.isNaN(elapsedMs)) return minShare;
    return Math.max(minShare, Math.min(1, elapsedMs / this.#windowMs) ** (1 / aggression));
  }
}

const KEY = streamKey('slow-start');
