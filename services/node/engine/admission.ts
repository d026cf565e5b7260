import type { Ms } from '../../../core/time/clock.ts';
import type { NodePower } from '../power/node-power.ts';
import type { LimitsConfig } from './limits.ts';
import type { EngineRequest } from './request.ts';
import { TokenQuota } from './token-quota.ts';
import type { WeightsOnDemand } from './weights-on-demand.ts';

export type RefusalReason =
  | 'starting'
  | 'loading'
  | 'draining'
  | 'closed'
  | 'no-power'
  | 'empty-prompt'
  | 'bad-output-length'
  | 'too-long'
  | 'beyond-model'
  | 'queue-full'
  | 'over-quota';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** When the client may try again; null when another try on this node cannot help. */
  readonly retryAfterMs: Ms | null;
}

export type Submission = { readonly kind: 'accepted' } | Refusal;

export interface AdmissionOptions {
  readonly limits: LimitsConfig;
  /** Until this time the engine loads its weights and refuses all requests. After a loss of power it takes as long. Default 0. */
  readonly startedAtMs?: Ms;
  /** From this time it refuses new requests, see `drain`; null (the default) for never. */
  readonly drainsAtMs?: Ms | null;
  /** Tokens it accepts in a minute, counting prompts and longest answers; null (the default) for no limit. */
  readonly tokensPerMinute?: number | null;
  /** Says whether it has its weights, and refuses what comes while it loads them; null (the default) when it always has. */
  readonly weights?: WeightsOnDemand | null;
  /** Says whether the node has power; null (the default) when it always has. */
  readonly power?: NodePower | null;
}

/** The queue at the time of an arrival. */
export interface Queue {
  readonly length: number;
  /** When the request at the front became ready; undefined when no request waits for the scheduler. */
  readonly firstReadyAtMs: Ms | undefined;
}

type Lengths = Pick<EngineRequest, 'promptTokens' | 'outputTokens' | 'maxOutputTokens'>;

/** Decides which requests an engine accepts, why it refuses the others, and when those may be sent again. */
export class Admission {
  readonly #kvTokens: number;
  readonly #maxModelLen: number;
  readonly #maxWaiting: number;
  readonly #startUpMs: Ms;
  readonly #quota: TokenQuota | null;
  readonly #power: NodePower | null;
  readonly #weights: WeightsOnDemand | null;
  #drainsAtMs: Ms;
  #isClosed = false;

  /** `kvTokens` is the capacity of the whole cache. */
  constructor(options: AdmissionOptions, kvTokens: number) {
    this.#kvTokens = kvTokens;
    this.#maxModelLen = options.limits.maxModelLen ?? Number.POSITIVE_INFINITY;
    this.#maxWaiting = options.limits.maxWaiting;
    this.#startUpMs = options.startedAtMs ?? 0;
    this.#drainsAtMs = options.drainsAtMs ?? Number.POSITIVE_INFINITY;
    this.#quota = options.tokensPerMinute == null ? null : new TokenQuota(options.tokensPerMinute);
    this.#power = options.power ?? null;
    this.#weights = options.weights ?? null;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Accepts or refuses a request. An accepted one is booked on the quota. */
  admit(request: Lengths, queue: Queue, nowMs: Ms): Submission {
    const refusal = this.refusalOf(request, queue, nowMs);
    if (refusal !== null) return refusal;
    this.#quota?.take(quotaTokens(request), nowMs);
    return ACCEPTED;
  }

  /** The refusal that `admit` would return, or null. */
  refusalOf(request: Lengths, queue: Queue, nowMs: Ms): Refusal | null {
    const reason = this.#reason(request, queue, nowMs);
    return reason === null
      ? null
      : { kind: 'refused', reason, retryAfterMs: this.#retryAfterMs(reason, request, queue, nowMs) };
  }

  /** Refuses new requests from now on. */
  drain(): void {
    this.#drainsAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Refuses new requests for ever. */
  close(): void {
    this.#isClosed = true;
  }

  /** Why it takes no request whatsoever; null while it does. */
  shutReason(nowMs: Ms): RefusalReason | null {
    if (this.#isClosed) return 'closed';
    if (nowMs >= this.#drainsAtMs) return 'draining';
    if (this.#power?.isOutAt(nowMs) === true) return 'no-power';
    return nowMs < this.#startsAtMs() ? 'starting' : null;
  }

  #reason(request: Lengths, queue: Queue, nowMs: Ms): RefusalReason | null {
    const shut = this.shutReason(nowMs);
    if (shut !== null) return shut;
    if (!(request.promptTokens >= 1)) return 'empty-prompt';
    if (!(request.outputTokens >= 1 && request.outputTokens <= request.maxOutputTokens)) return 'bad-output-length';
    if (!(request.promptTokens + request.maxOutputTokens <= this.#maxModelLen)) return 'beyond-model';
    // The last token of an answer is not the input of another step, so it needs no place in the cache.
    if (!(request.promptTokens + request.maxOutputTokens - 1 <= this.#kvTokens)) return 'too-long';
    if (this.#weights !== null && this.#weights.refusesUntilMs(nowMs) !== null) return 'loading';
    if (queue.length >= this.#maxWaiting) return 'queue-full';
    return this.#quota !== null && this.#quota.waitMs(quotaTokens(request), nowMs) > 0 ? 'over-quota' : null;
  }

  #retryAfterMs(reason: RefusalReason, request: Lengths, queue: Queue, nowMs: Ms): Ms | null {
    if (reason === 'loading') return Math.ceil(this.#weights!.refusesUntilMs(nowMs)! - nowMs);
    if (reason === 'starting') return Math.ceil(this.#startsAtMs() - nowMs);
    if (reason === 'over-quota') {
      const waitMs = this.#quota!.waitMs(quotaTokens(request), nowMs);
      return Number.isFinite(waitMs) ? Math.ceil(waitMs) : null;
    }
    if (reason !== 'queue-full') return null;
    // While the oldest request waited, the whole queue moved on. So a tenth of it becomes free in a tenth of that time.
    const waitedMs = nowMs - (queue.firstReadyAtMs ?? nowMs);
    return Math.ceil(Math.min(Math.max(waitedMs / 10, MIN_RETRY_MS), MAX_RETRY_MS));
  }

  #startsAtMs(): Ms {
    return Math.max(0, this.#power?.isOnSinceMs ?? 0) + this.#startUpMs;
  }
}

/** Tokens that a provider books for a request before the length of its answer is known. */
const quotaTokens = ({ promptTokens, maxOutputTokens }: Lengths): number => promptTokens + maxOutputTokens;

const ACCEPTED: Submission = { kind: 'accepted' };
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
