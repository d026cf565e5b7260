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
  readonly disjoint: HedgeSettings['disjoint'];
  readonly #after: HedgeSettings['after'];
  readonly #boundaryMs: Ms;
  readonly #maxShare: number;
  readonly #learnt: LearntTtft | null;
  /** How many hedges may begin now: each request adds its share, and each hedge takes one. */
  #allowance = 1;

  constructor({ after, boundaryMs, disjoint, maxShare }: HedgeSettings) {
    this.disjoint = disjoint;
    this.#after = after;
    this.#boundaryMs = boundaryMs;
    this.#maxShare = maxShare;
    this.#learnt = after !== 'never' && 'percentile' in after ? new LearntTtft(after.percentile / 100) : null;
  }

  get allows(): boolean {
    return this.#allowance >= 1;
  }

  requestCame(): void {
    this.#allowance = Math.min(MOST_AT_ONCE, this.#allowance + this.#maxShare);
  }

  hedgeBegan(): void {
    this.#allowance--;
  }

  /** The first message of a first attempt came, or another attempt was faster: then the time is at least so long. */
  learn({ cause, request, startedAtMs }: Attempt, nowMs: Ms): void {
    if (cause === 'first') this.#learnt?.add(request.class, nowMs - startedAtMs);
  }

  /** When the second attempt begins beside this one; Infinity for never. */
  atMs({ request, endpoint, startedAtMs }: Attempt, { forecast }: EndpointTable): Ms {
    if (this.#boundaryMs > 0 && forecast.nextHandoverAfter(endpoint, startedAtMs) <= startedAtMs + this.#boundaryMs) {
      return startedAtMs;
    }
    const after = this.#after;
    if (after === 'never') return Number.POSITIVE_INFINITY;
    const delayMs = 'ms' in after ? after.ms : this.#learnt!.quantileMs(request.class);
    return Number.isNaN(delayMs) ? Number.POSITIVE_INFINITY : startedAtMs + delayMs;
  }
}

/** After a quiet time, so many hedges at once. */
const MOST_AT_ONCE = 10;
