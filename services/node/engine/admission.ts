import type { Ms } from '../../../core/time/clock.ts';
import type { NodePower } from '../power/node-power.ts';
import type { Limits } from './limits.ts';
import type { EngineRequest } from './request.ts';
import { TokenQuota } from './token-quota.ts';

export type RefusalReason =
  | 'starting'
  | 'draining'
  | 'closed'
  | 'no-power'
  | 'empty-prompt'
  | 'bad-output-length'
  | 'too-long'
  | 'queue-full'
  | 'over-quota';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** A hint for the client, or null where another try here cannot help. */
  readonly retryAfterMs: Ms | null;
}

export type Submission = { readonly kind: 'accepted' } | Refusal;

export interface AdmissionOptions {
  readonly limits: Limits;
  /** Until when it loads its weights and refuses all, and how long it does so after a loss of power; 0 when left out. */
  readonly startedAtMs?: Ms;
  /** From when it refuses what comes, see `drain`; null or left out for never. */
  readonly drainsAtMs?: Ms | null;
  /** Tokens of prompts and longest answers that it accepts in a minute; null or left out for no such limit. */
  readonly tokensPerMinute?: number | null;
  /** Says whether there is any; null or left out where there always is. */
  readonly power?: NodePower | null;
}

/** Who waits, as an arrival finds them. */
export interface Queue {
  readonly length: number;
  /** Since when the one has waited that is admitted next; undefined where nobody waits for the scheduler. */
  readonly firstReadyAtMs: Ms | undefined;
}

type Lengths = Pick<EngineRequest, 'promptTokens' | 'outputTokens' | 'maxOutputTokens'>;

/** Which requests an engine takes, why it refuses the others, and when these may come again. */
export class Admission {
  readonly #kvTokens: number;
  readonly #maxWaiting: number;
  readonly #startUpMs: Ms;
  readonly #quota: TokenQuota | null;
  readonly #power: NodePower | null;
  #drainsAtMs: Ms;
  #isClosed = false;

  /** `kvTokens` is what the cache holds when nothing else is in it. */
  constructor(options: AdmissionOptions, kvTokens: number) {
    this.#kvTokens = kvTokens;
    this.#maxWaiting = options.limits.maxWaiting;
    this.#startUpMs = options.startedAtMs ?? 0;
    this.#drainsAtMs = options.drainsAtMs ?? Number.POSITIVE_INFINITY;
    this.#quota = options.tokensPerMinute == null ? null : new TokenQuota(options.tokensPerMinute);
    this.#power = options.power ?? null;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Books what it accepts on the quota. */
  admit(request: Lengths, queue: Queue, nowMs: Ms): Submission {
    const refusal = this.refusalOf(request, queue, nowMs);
    if (refusal !== null) return refusal;
    this.#quota?.take(quotaTokens(request), nowMs);
    return ACCEPTED;
  }

  /** What `admit` would refuse with, or null. */
  refusalOf(request: Lengths, queue: Queue, nowMs: Ms): Refusal | null {
    const reason = this.#reason(request, queue, nowMs);
    return reason === null
      ? null
      : { kind: 'refused', reason, retryAfterMs: this.#retryAfterMs(reason, request, queue, nowMs) };
  }

  /** Refuses what comes from now on. */
  drain(): void {
    this.#drainsAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Refuses what comes for good. */
  close(): void {
    this.#isClosed = true;
  }

  #reason(request: Lengths, queue: Queue, nowMs: Ms): RefusalReason | null {
    if (this.#isClosed) return 'closed';
    if (nowMs >= this.#drainsAtMs) return 'draining';
    if (this.#power?.isOutAt(nowMs) === true) return 'no-power';
    if (nowMs < this.#startsAtMs()) return 'starting';
    if (!(request.promptTokens >= 1)) return 'empty-prompt';
    if (!(request.outputTokens >= 1 && request.outputTokens <= request.maxOutputTokens)) return 'bad-output-length';
    // The last token of an answer is never computed upon, so it takes no place in the cache.
    if (!(request.promptTokens + request.maxOutputTokens - 1 <= this.#kvTokens)) return 'too-long';
    if (queue.length >= this.#maxWaiting) return 'queue-full';
    return this.#quota !== null && this.#quota.waitMs(quotaTokens(request), nowMs) > 0 ? 'over-quota' : null;
  }

  #retryAfterMs(reason: RefusalReason, request: Lengths, queue: Queue, nowMs: Ms): Ms | null {
    if (reason === 'starting') return Math.ceil(this.#startsAtMs() - nowMs);
    if (reason === 'over-quota') {
      const waitMs = this.#quota!.waitMs(quotaTokens(request), nowMs);
      return Number.isFinite(waitMs) ? Math.ceil(waitMs) : null;
    }
    if (reason !== 'queue-full') return null;
    // The queue moved by its whole length while its oldest waited, so a tenth of it is free in a tenth of that time.
    const waitedMs = nowMs - (queue.firstReadyAtMs ?? nowMs);
    return Math.ceil(Math.min(Math.max(waitedMs / 10, MIN_RETRY_MS), MAX_RETRY_MS));
  }

  #startsAtMs(): Ms {
    return Math.max(0, this.#power?.isOnSinceMs ?? 0) + this.#startUpMs;
  }
}

/** What a provider books for a request before it knows the length of its answer. */
const quotaTokens = ({ promptTokens, maxOutputTokens }: Lengths): number => promptTokens + maxOutputTokens;

const ACCEPTED: Submission = { kind: 'accepted' };
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
