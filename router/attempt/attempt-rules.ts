import { type Rng, seededRng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { backoffMs } from './backoff.ts';
import type { Ending } from './ending.ts';
import { statusName } from './grpc-status.ts';
import type { RetrySettings } from './retry-schema.ts';

/** Under which rules a router tries requests again: one object for all its requests. */
export class AttemptRules {
  #maxAttempts: number;
  #retry: RetrySettings;
  #codes: ReadonlySet<string>;
  readonly #rng: Rng;

  /** `rng` is a stream of its own, so that a wait changes no pick. */
  constructor(options: { readonly maxAttempts?: number; readonly retry?: RetrySettings; readonly rng?: Rng } = {}) {
    this.#maxAttempts = options.maxAttempts ?? 2;
    this.#retry = options.retry ?? USUAL_RETRY;
    this.#codes = new Set(this.#retry.codes);
    this.#rng = options.rng ?? seededRng(0)('retries');
  }

  /** How often a request is tried, the first time included. */
  get maxAttempts(): number {
    return this.#maxAttempts;
  }

  /** Other rules from now on, also for the requests that are open. */
  retune({ maxAttempts, retry }: { readonly maxAttempts: number; readonly retry: RetrySettings }): void {
    this.#maxAttempts = maxAttempts;
    this.#retry = retry;
    this.#codes = new Set(retry.codes);
  }

  /** Whether a request that ended so is tried again. A node whose pushback is negative does not want that. Source: gRFC A6. */
  retriesAfter({ code, pushbackMs }: Ending): boolean {
    return (pushbackMs === null || pushbackMs >= 0) && this.#codes.has(statusName(code));
  }

  /** How long the n-th retry of a request waits. */
  waitMs(retry: number): Ms {
    return backoffMs(this.#retry, retry, this.#rng);
  }
}

/** The defaults of the schema. */
const USUAL_RETRY: RetrySettings = { codes: ['UNAVAILABLE'], atOnce: 1, baseMs: 25, multiplier: 2, maxMs: 1000 };
