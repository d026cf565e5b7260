import type { Rng } from '../../../core/random/rng.ts';
import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import { firstTokenAtMs } from './forecast.ts';
import { BLOCK_TOKENS } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import type { Profile } from './profile.ts';
import { Scheduler } from './scheduler.ts';
import { copySequence, isFinished, newSequence, type Sequence } from './sequence.ts';
import { StepMeter } from './step-meter.ts';
import { type Noise, withNoise } from './step-noise.ts';
import { type StepTime, stepTimeOf } from './step-time.ts';

export interface EngineRequest {
  /** Unique among the requests that this engine has not ended. */
  readonly id: number;
  readonly promptTokens: number;
  /** The true length of the answer: it ends there. At most `maxOutputTokens`. */
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
  /** When to give it up, answered or not. */
  readonly deadlineAtMs?: Ms;
}

/** How an accepted request ended: `expired` at its deadline, `failed` because the engine closed. */
export type EngineEnd = 'answered' | 'cancelled' | 'expired' | 'failed';

/** What an engine tells of one accepted request. Never called from within `submit`; `onEnd` is the last, exactly once. */
export interface EngineListener {
  /** A step computes the first chunk of it: what came before is queueing. */
  onScheduled(atMs: Ms): void;
  /** `count` tokens more, at the end of the step that made them. */
  onTokens(count: number, atMs: Ms): void;
  onEnd(end: EngineEnd, atMs: Ms): void;
}

export type RefusalReason = 'queue-full' | 'empty-prompt' | 'bad-output-length' | 'too-long' | 'closed';

/** `retryAfterMs` is a hint for the client, or null where another try here cannot help. */
export type Submission =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly retryAfterMs: Ms | null };

export interface EngineOptions {
  readonly name: string;
  readonly profile: Profile;
  readonly limits: Limits;
  readonly noise: Noise;
  /** What a request costs before it can be scheduled: parsing, tokenising. */
  readonly ingestMs: Ms;
  readonly clock: Clock;
  readonly rng: Rng;
}

/**
 * An inference server without the model: requests go in, tokens come out when a real one would have made them.
 *
 * The scheduler says what a step computes, the profile how long that takes, and every sequence of the step emits at its
 * end. Steps chain from the time they were due, so the lateness of a real clock does not add up.
 *
 * Hot path: a step allocates one timer, and nothing for a token.
 */
export class Engine {
  readonly name: string;
  readonly profile: Profile;
  readonly #limits: Limits;
  readonly #noise: Noise;
  readonly #ingestMs: Ms;
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #stepTime: StepTime;
  readonly #scheduler: Scheduler<Entry>;
  readonly #meter = new StepMeter();
  readonly #open = new Map<number, Entry>();
  readonly #ingesting = new Set<Entry>();
  readonly #endStep = (dueMs: Ms): void => this.#onStepEnd(dueMs);
  #step: 'idle' | 'starting' | 'computing' = 'idle';
  #stepMs: Ms = 0;
  #stepEndsAtMs: Ms = 0;
  #stepPromptTokens = 0;
  #closed = false;

  constructor(options: EngineOptions) {
    this.name = options.name;
    this.profile = options.profile;
    this.#limits = options.limits;
    this.#noise = options.noise;
    this.#ingestMs = options.ingestMs;
    this.#clock = options.clock;
    this.#rng = options.rng;
    this.#stepTime = stepTimeOf(options.profile.step);
    this.#scheduler = new Scheduler(options.limits, options.limits.kvTokens ?? options.profile.kvTokens);
  }

  /** Tokens of context that the KV cache holds: prompt and longest answer of a request must fit. */
  get kvTokens(): number {
    return this.#scheduler.cache.blocks * BLOCK_TOKENS;
  }

  /** How often a sequence lost its blocks to another, since the start. */
  get preemptions(): number {
    return this.#scheduler.preemptions;
  }

  submit(request: EngineRequest, listener: EngineListener): Submission {
    if (this.#open.has(request.id)) throw new Error(`request ${request.id} is still open in ${this.name}`);
    const nowMs = this.#clock.now();
    const refusal = this.#refusalOf(request);
    if (refusal !== null) {
      return {
        kind: 'refused',
        reason: refusal,
        retryAfterMs: refusal === 'queue-full' ? this.#retryAfterMs(nowMs) : null,
      };
    }
    const readyAtMs = nowMs + this.#ingestMs;
    const entry: Entry = {
      ...newSequence(request.id, request.promptTokens, request.outputTokens),
      listener,
      readyAtMs,
      stopIngest: this.#clock.at(readyAtMs, (dueMs) => this.#onReady(entry, dueMs)),
      stopDeadline: null,
      ended: false,
    };
    if (request.deadlineAtMs !== undefined) {
      entry.stopDeadline = this.#clock.at(Math.max(request.deadlineAtMs, nowMs), (dueMs) =>
        this.#drop(entry, 'expired', dueMs),
      );
    }
    this.#open.set(request.id, entry);
    this.#ingesting.add(entry);
    return { kind: 'accepted' };
  }

  /** Ends a request and frees its blocks at once. Does nothing when it has ended, or never was. */
  cancel(id: number): void {
    const entry = this.#open.get(id);
    if (entry !== undefined) this.#drop(entry, 'cancelled', this.#clock.now());
  }

  report(nowMs: Ms): LoadReport {
    let pendingPromptTokens = this.#scheduler.pendingPromptTokens();
    for (const entry of this.#ingesting) pendingPromptTokens += entry.promptTokens;
    return {
      atMs: nowMs,
      running: this.#scheduler.running.length,
      waiting: this.#waitingCount(),
      pendingPromptTokens,
      kvUsage: this.#scheduler.cache.usage,
      stepMs: this.#meter.stepMs,
      prefillMsPerToken: this.#meter.prefillMsPerToken,
    };
  }

  /**
   * When the first token of a request that arrived now would be emitted, or Infinity when it would be refused. It reads
   * the true lengths of all answers, which no router can: for bounds only. Costs as much as the steps it walks.
   */
  forecastFirstTokenMs(promptTokens: number, nowMs: Ms): Ms {
    const probe = { id: -1, promptTokens, outputTokens: 1, maxOutputTokens: 1 };
    if (this.#refusalOf(probe) !== null) return Number.POSITIVE_INFINITY;
    const arrivals = Array.from(this.#ingesting, (entry) => ({ atMs: entry.readyAtMs, sequence: copySequence(entry) }));
    arrivals.push({ atMs: nowMs + this.#ingestMs, sequence: newSequence(probe.id, promptTokens, 1) });
    const startsAtMs = this.#step === 'idle' ? null : this.#stepEndsAtMs;
    return firstTokenAtMs(this.#scheduler.copy(), this.#stepTime, arrivals, startsAtMs);
  }

  /** Fails every open request and refuses what comes. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const nowMs = this.#clock.now();
    for (const entry of [...this.#open.values()]) this.#drop(entry, 'failed', nowMs);
  }

  #refusalOf(request: EngineRequest): RefusalReason | null {
    if (this.#closed) return 'closed';
    if (!(request.promptTokens >= 1)) return 'empty-prompt';
    if (!(request.outputTokens >= 1 && request.outputTokens <= request.maxOutputTokens)) return 'bad-output-length';
    // The last token of an answer is never computed upon, so it takes no place in the cache.
    if (!this.#scheduler.cache.canEverHold(request.promptTokens + request.maxOutputTokens - 1)) return 'too-long';
    return this.#waitingCount() >= this.#limits.maxWaiting ? 'queue-full' : null;
  }

  #waitingCount(): number {
    return this.#scheduler.waitingCount + this.#ingesting.size;
  }

  /** The queue moved by its whole length while its oldest waited, so a tenth of it is free in a tenth of that time. */
  #retryAfterMs(nowMs: Ms): Ms {
    const oldest = this.#scheduler.firstWaiting();
    const waitedMs = oldest === undefined ? 0 : nowMs - oldest.readyAtMs;
    return Math.ceil(Math.min(Math.max(waitedMs / 10, MIN_RETRY_MS), MAX_RETRY_MS));
  }

  #onReady(entry: Entry, dueMs: Ms): void {
    this.#ingesting.delete(entry);
    this.#scheduler.add(entry);
    if (this.#step !== 'idle') return;
    this.#step = 'starting';
    this.#stepEndsAtMs = dueMs;
    this.#clock.at(dueMs, (startMs) => this.#startStep(startMs)); // what is ready at this very instant joins the step
  }

  #startStep(startMs: Ms): void {
    const batch = this.#scheduler.plan();
    if (batch.tokens === 0) {
      this.#step = 'idle';
      return;
    }
    this.#step = 'computing';
    this.#stepMs = withNoise(this.#stepTime(batch), this.#noise, this.#rng);
    this.#stepEndsAtMs = startMs + this.#stepMs;
    this.#stepPromptTokens = this.#scheduler.promptTokens;
    this.#clock.at(this.#stepEndsAtMs, this.#endStep);
    for (const entry of this.#scheduler.started) entry.listener.onScheduled(startMs);
  }

  #onStepEnd(dueMs: Ms): void {
    this.#meter.record(this.#stepMs, this.#stepPromptTokens);
    // The whole step is committed before anyone hears of it: a listener may cancel any request.
    const emitted = this.#scheduler.commit();
    for (let index = 0; index < emitted.length; index++) {
      const entry = emitted[index]!;
      if (entry.ended) continue;
      entry.listener.onTokens(1, dueMs);
      if (isFinished(entry) && !entry.ended) this.#end(entry, 'answered', dueMs);
    }
    this.#startStep(dueMs);
  }

  #drop(entry: Entry, end: EngineEnd, atMs: Ms): void {
    this.#ingesting.delete(entry);
    this.#scheduler.remove(entry);
    this.#end(entry, end, atMs);
  }

  #end(entry: Entry, end: EngineEnd, atMs: Ms): void {
    entry.ended = true;
    this.#open.delete(entry.id);
    entry.stopIngest();
    entry.stopDeadline?.();
    entry.listener.onEnd(end, atMs);
  }
}

interface Entry extends Sequence {
  readonly listener: EngineListener;
  readonly readyAtMs: Ms;
  readonly stopIngest: Cancel;
  stopDeadline: Cancel | null;
  ended: boolean;
}

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
