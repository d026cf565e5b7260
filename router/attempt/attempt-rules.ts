import { type Rng, seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Ending } from './ending.ts';
import type { FirstTokenTimeout } from './first-token-schema.ts';
import { grpcStatus, statusName } from './grpc-status.ts';
import { type HedgeSettings, isHedgeOn } from './hedge-schema.ts';
import { Hedging } from './hedging.ts';
import { RetryBudget } from './retry-budget.ts';
import type { RetrySettings } from './retry-schema.ts';

export interface AttemptSettings {
  /** How often a request is tried, the first time included. */
  readonly maxAttempts?: number;
  readonly retry?: RetrySettings;
  readonly firstTokenTimeout?: FirstTokenTimeout;
  readonly hedge?: HedgeSettings;
}

/** Under which rules a router makes more attempts than the first of a request: one object for all its requests. */
export class AttemptRules {
  readonly budget: RetryBudget;
  #maxAttempts: number;
  #hedging: Hedging | null;
  #retry: RetrySettings;
  #codes: ReadonlySet<number>;
  #timeout: FirstTokenTimeout;
  readonly #rng: Rng;

  /** `rng` is a stream of its own, so that a wait changes no pick. */
  constructor(
    { maxAttempts = 2, retry = USUAL_RETRY, firstTokenTimeout = 'never', hedge }: AttemptSettings = {},
    rng?: Rng,
  ) {
    this.#maxAttempts = maxAttempts;
    this.#retry = retry;
    this.#codes = codesOf(retry);
    this.#timeout = firstTokenTimeout;
    this.budget = new RetryBudget(retry);
    this.#hedging = hedge !== undefined && isHedgeOn(hedge) ? new Hedging(hedge) : null;
    this.#rng = rng ?? seededRng(0)('retries');
  }

  /** How often a request is tried, the first time included. */
  get maxAttempts(): number {
    return this.#maxAttempts;
  }

  /** Null where no second attempt begins beside another. */
  get hedging(): Hedging | null {
    return this.#hedging;
  }

  /** Other rules from now on, also for the requests that are open. What was spent of the budget stays spent, and what was learnt stays known. */
  retune({ maxAttempts, retry, firstTokenTimeout, hedge }: Required<AttemptSettings>): void {
    this.#maxAttempts = maxAttempts;
    this.#retry = retry;
    this.#codes = codesOf(retry);
    this.#timeout = firstTokenTimeout;
    this.budget.retune(retry);
    if (!isHedgeOn(hedge)) this.#hedging = null;
    else if (this.#hedging === null) this.#hedging = new Hedging(hedge);
    else this.#hedging.retune(hedge);
  }

  /** Whether an attempt that is open may be waited for too long. */
  get watchesAttempts(): boolean {
    return this.#hedging !== null || this.#timeout !== 'never';
  }

  /** Whether a request that ended so is tried again. A node whose pushback is negative does not want that. Source: gRFC A6. */
  retriesAfter({ code, pushbackMs }: Ending): boolean {
    return (pushbackMs === null || pushbackMs >= 0) && this.#codes.has(code);
  }

  /** Whether an ending counts as a failure on the budget: also one that the node wants no retry for. Source: gRFC A6. */
  isFailure({ code, pushbackMs }: Ending): boolean {
    return (pushbackMs !== null && pushbackMs < 0) || this.#codes.has(code);
  }

  /** How long the n-th retry of a request waits. */
  waitMs(retry: number): Ms {
    return backoffMs(this.#retry, retry, this.#rng);
  }

  /** When an attempt without a first message is given up; Infinity for never. */
  giveUpAtMs({ startedAtMs, predictedMs }: Attempt): Ms {
    const timeout = this.#timeout;
    if (timeout === 'never') return Number.POSITIVE_INFINITY;
    if ('ms' in timeout) return startedAtMs + timeout.ms;
    if (Number.isNaN(predictedMs)) return Number.POSITIVE_INFINITY;
    return startedAtMs + Math.max(timeout.leastMs, timeout.timesPredicted * predictedMs);
  }
}

const codesOf = ({ codes }: RetrySettings): ReadonlySet<number> =>
  new Set(Object.values(grpcStatus).filter((code) => codes.includes(statusName(code))));

/** The defaults of the schema. */
export const USUAL_RETRY: RetrySettings = {
  codes: ['UNAVAILABLE'],
  atOnce: 1,
  baseMs: 25,
  multiplier: 2,
  maxMs: 1000,
  budgetTokens: 100,
  budgetPerSuccess: 0.1,
};
