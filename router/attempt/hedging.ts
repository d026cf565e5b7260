import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Attempt } from './attempt.ts';
import type { HedgeSettings } from './hedge-schema.ts';
import { LearntTtft } from './learnt-ttft.ts';

/**
 * When a second attempt begins beside one that takes long, and how many may. A hedge at a percentile sends a second attempt for about
 * (100 - percentile) % of all requests. Source: Dean and Barroso, The tail at scale, CACM 2013.
 */
export class Hedging {
  #settings: HedgeSettings;
  readonly #learnt = new LearntTtft();
  /** How many hedges may begin now: each request adds its share, and each hedge takes one. */
  #allowance = 1;

  constructor(settings: HedgeSettings) {
    this.#settings = settings;
  }

  /** Where the second attempt goes. */
  get disjoint(): HedgeSettings['disjoint'] {
    return this.#settings.disjoint;
  }

  /** Other settings from now on. What was learnt stays. */
  retune(settings: HedgeSettings): void {
    this.#settings = settings;
  }

  get allows(): boolean {
    return this.#allowance >= 1;
  }

  requestCame(): void {
    this.#allowance = Math.min(MOST_AT_ONCE, this.#allowance + this.#settings.maxShare);
  }

  hedgeBegan(): void {
    this.#allowance--;
  }

  /** The first message of a first attempt came, or another attempt was faster: then the time is at least so long. */
  learn({ cause, request, startedAtMs }: Attempt, nowMs: Ms): void {
    if (cause === 'first') this.#learnt.add(request.class, nowMs - startedAtMs);
  }

  /** When the second attempt begins beside this one; Infinity for never. */
  atMs({ request, endpoint, startedAtMs }: Attempt, { forecast }: EndpointTable): Ms {
    const { after, boundaryMs } = this.#settings;
    if (boundaryMs > 0 && forecast.nextHandoverAfter(endpoint, startedAtMs) <= startedAtMs + boundaryMs) {
      return startedAtMs;
    }
    if (after === 'never') return Number.POSITIVE_INFINITY;
    const delayMs = 'ms' in after ? after.ms : this.#learnt.quantileMs(request.class, after.percentile / 100);
    return Number.isNaN(delayMs) ? Number.POSITIVE_INFINITY : startedAtMs + delayMs;
  }
}

/** After a quiet time, so many hedges at once. */
const MOST_AT_ONCE = 10;
