import type { Rng } from '../../../core/random/rng.ts';
import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import type { NodePower } from '../power/node-power.ts';
import { type CappedStepTime, cappedStepTimeOf } from '../power/power-cap.ts';
import { firstTokenAtMs } from './forecast.ts';
import { BLOCK_TOKENS } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import { type PrefixPart, prefixHashes } from './prefix.ts';
import type { Profile } from './profile.ts';
import { Scheduler } from './scheduler.ts';
import { copySequence, newSequence, type Sequence, type SequenceOptions } from './sequence.ts';
import { StepMeter } from './step-meter.ts';
import { type Noise, withNoise } from './step-noise.ts';
import { type Batch, type StepTime, stepTimeOf } from './step-time.ts';
import { TokenQuota } from './token-quota.ts';

export interface EngineRequest {
  /** Unique among the requests that this engine has not ended. */
  readonly id: number;
  readonly promptTokens: number;
  /** The true length of the answer: it ends there. At most `maxOutputTokens`. */
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
  /** When to give it up, answered or not. */
  readonly deadlineAtMs?: Ms;
  /** Lower goes first, in an engine whose order is that of priorities; 0 when left out. */
  readonly priority?: number;
  /** What its prompt begins with that others may begin with too. */
  readonly prefix?: readonly PrefixPart[];
}

/** How an accepted request ended: `expired` at its deadline, `failed` because the engine closed or lost its power. */
export type EngineEnd = 'answered' | 'cancelled' | 'expired' | 'failed';

/** What an engine tells of one accepted request. Never called from within `submit`; `onEnd` is the last, exactly once. */
export interface EngineListener {
  /** The scheduler knows of it: after ingest, and after the step that computed by then. */
  onQueued?(atMs: Ms): void;
  /** A step computes the first chunk of it: what came before is queueing. */
  onScheduled(atMs: Ms): void;
  /** `count` tokens more, at the end of the step that made them. */
  onTokens(count: number, atMs: Ms): void;
  onEnd(end: EngineEnd, atMs: Ms): void;
}

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
  /** How much longer a step takes than on bare metal, as a share; 0 when left out. */
  readonly overhead?: number;
  /** Until when it loads its weights and refuses all, and how long it does so after a loss of power; 0 when left out. */
  readonly startedAtMs?: Ms;
  /** From when it refuses what comes, see `drain`; null or left out for never. */
  readonly drainsAtMs?: Ms | null;
  /** Tokens of prompts and longest answers that it accepts in a minute; null or left out for no such limit. */
  readonly tokensPerMinute?: number | null;
  /** Meters it, caps it and may fail it; null or left out where nothing is known of its power. */
  readonly power?: NodePower | null;
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
  readonly #startedAtMs: Ms;
  #drainsAtMs: Ms;
  readonly #quota: TokenQuota | null;
  readonly #power: NodePower | null;
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #stepTime: StepTime;
  readonly #cappedStepTime: CappedStepTime;
  readonly #overhead: number;
  readonly #scheduler: Scheduler<Entry>;
  readonly #meter = new StepMeter();
  readonly #open = new Map<number, Entry>();
  readonly #ingesting = new Set<Entry>();
  /** Ready since the last step began. */
  readonly #ready: Entry[] = [];
  readonly #endStep = (dueMs: Ms): void => this.#onStepEnd(dueMs);
  #step: 'idle' | 'starting' | 'computing' = 'idle';
  #stepMs: Ms = 0;
  #stepEndsAtMs: Ms = 0;
  #stepPromptTokens = 0;
  #pace = 1;
  #isClosed = false;
  /** Caps what its device may draw from the next step on; null takes that back. Absent where nothing is known of its power. */
  capPowerW?(watts: number | null): void;

  constructor(options: EngineOptions) {
    this.name = options.name;
    this.profile = options.profile;
    this.#limits = options.limits;
    this.#noise = options.noise;
    this.#ingestMs = options.ingestMs;
    this.#clock = options.clock;
    this.#rng = options.rng;
    this.#startedAtMs = options.startedAtMs ?? 0;
    this.#drainsAtMs = options.drainsAtMs ?? Number.POSITIVE_INFINITY;
    this.#overhead = options.overhead ?? 0;
    this.#stepTime = slowed(stepTimeOf(options.profile.step), this.#overhead);
    this.#cappedStepTime = cappedStepTimeOf(options.profile.step);
    this.#quota = options.tokensPerMinute == null ? null : new TokenQuota(options.tokensPerMinute);
    const power = options.power ?? null;
    this.#power = power;
    if (power !== null) this.capPowerW = (watts) => power.capW(watts);
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

  /** Tokens of prompts that were looked up in the prefix cache, and those of them that it held, since the start. */
  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return this.#scheduler.prefixCache;
  }

  submit(request: EngineRequest, listener: EngineListener): Submission {
    if (this.#open.has(request.id)) throw new Error(`request ${request.id} is still open in ${this.name}`);
    const nowMs = this.#clock.now();
    const reason = this.#refusalOf(request, nowMs);
    if (reason !== null) return { kind: 'refused', reason, retryAfterMs: this.#retryAfterMs(reason, request, nowMs) };
    this.#quota?.take(quotaTokens(request), nowMs);
    const readyAtMs = nowMs + this.#ingestMs;
    const entry: Entry = {
      ...newSequence(sequenceOptionsOf(request)),
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
      ...(this.#power === null ? {} : { power: this.#power.report(nowMs) }),
    };
  }

  /** Says what energy it has used up to now, where that is metered. */
  settleEnergy(nowMs: Ms): void {
    this.#power?.settle(nowMs);
  }

  /** Lets the account of its energy begin now. */
  forgetEnergy(nowMs: Ms): void {
    this.#power?.forget(nowMs);
  }

  /** Steps from the next one on take `factor` times as long; 1 is as its profile says. */
  pace(factor: number): void {
    this.#pace = factor;
  }

  /**
   * When the first token of a request that arrived now would be emitted, or Infinity when it would be refused. It reads
   * the true lengths of all answers, which no router can: for bounds only. Costs as much as the steps it walks.
   */
  forecastFirstTokenMs(promptTokens: number, nowMs: Ms): Ms {
    const probe = { id: -1, promptTokens, outputTokens: 1, maxOutputTokens: 1 };
    if (this.#refusalOf(probe, nowMs) !== null) return Number.POSITIVE_INFINITY;
    const arrivals = Array.from(this.#ingesting, (entry) => ({ atMs: entry.readyAtMs, sequence: copySequence(entry) }));
    arrivals.push({ atMs: nowMs + this.#ingestMs, sequence: newSequence(probe) });
    const startsAtMs = this.#step === 'idle' ? null : this.#stepEndsAtMs;
    const power = this.#power;
    const stepTime: StepTime = (batch) => this.#stepMsOf(batch, power === null ? 1 : power.phiOf(batch));
    return firstTokenAtMs(this.#scheduler.copy(), stepTime, arrivals, startsAtMs);
  }

  /** Whether its site gives it what it needs at `nowMs`; without it, open requests fail and new ones are refused. */
  hasPower(nowMs: Ms): boolean {
    return this.#power?.isOutAt(nowMs) !== true;
  }

  /** Refuses what comes, and answers what is here. */
  drain(): void {
    this.#drainsAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Fails every open request and refuses what comes. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const nowMs = this.#clock.now();
    for (const entry of [...this.#open.values()]) this.#drop(entry, 'failed', nowMs);
  }

  #refusalOf(request: EngineRequest, nowMs: Ms): RefusalReason | null {
    if (this.#isClosed) return 'closed';
    if (nowMs >= this.#drainsAtMs) return 'draining';
    if (!this.hasPower(nowMs)) return 'no-power';
    if (nowMs < this.#startsAtMs()) return 'starting';
    if (!(request.promptTokens >= 1)) return 'empty-prompt';
    if (!(request.outputTokens >= 1 && request.outputTokens <= request.maxOutputTokens)) return 'bad-output-length';
    // The last token of an answer is never computed upon, so it takes no place in the cache.
    if (!this.#scheduler.cache.canEverHold(request.promptTokens + request.maxOutputTokens - 1)) return 'too-long';
    if (this.#waitingCount() >= this.#limits.maxWaiting) return 'queue-full';
    const quota = this.#quota;
    return quota !== null && quota.waitMs(quotaTokens(request), nowMs) > 0 ? 'over-quota' : null;
  }

  #startsAtMs(): Ms {
    return Math.max(0, this.#power?.isOnSinceMs ?? 0) + this.#startedAtMs;
  }

  #waitingCount(): number {
    return this.#scheduler.waitingCount + this.#ingesting.size;
  }

  #retryAfterMs(reason: RefusalReason, request: EngineRequest, nowMs: Ms): Ms | null {
    if (reason === 'starting') return Math.ceil(this.#startsAtMs() - nowMs);
    if (reason === 'over-quota') {
      const waitMs = this.#quota!.waitMs(quotaTokens(request), nowMs);
      return Number.isFinite(waitMs) ? Math.ceil(waitMs) : null;
    }
    if (reason !== 'queue-full') return null;
    // The queue moved by its whole length while its oldest waited, so a tenth of it is free in a tenth of that time.
    const oldest = this.#scheduler.firstWaiting();
    const waitedMs = oldest === undefined ? 0 : nowMs - oldest.readyAtMs;
    return Math.ceil(Math.min(Math.max(waitedMs / 10, MIN_RETRY_MS), MAX_RETRY_MS));
  }

  #onReady(entry: Entry, dueMs: Ms): void {
    this.#ingesting.delete(entry);
    this.#ready.push(entry);
    this.#scheduler.add(entry);
    if (this.#step !== 'idle') return;
    this.#step = 'starting';
    this.#stepEndsAtMs = dueMs;
    this.#clock.at(dueMs, (startMs) => this.#startStep(startMs)); // what is ready at this very instant joins the step
  }

  #startStep(startMs: Ms): void {
    const power = this.#power;
    if (power?.isOutAt(startMs) === true) {
      this.#losePower(startMs);
      return;
    }
    for (const entry of this.#ready) if (!entry.ended) entry.listener.onQueued?.(startMs);
    this.#ready.length = 0;
    const batch = this.#scheduler.begin();
    if (batch === null) {
      this.#step = 'idle';
      power?.idle(startMs);
      return;
    }
    this.#step = 'computing';
    const phi = power === null ? 1 : power.begin(startMs, batch);
    this.#stepMs = withNoise(this.#stepMsOf(batch, phi), this.#noise, this.#rng);
    this.#stepEndsAtMs = startMs + this.#stepMs;
    this.#stepPromptTokens = this.#scheduler.promptTokens;
    this.#clock.at(this.#stepEndsAtMs, this.#endStep);
    for (const entry of this.#scheduler.started) entry.listener.onScheduled(startMs);
  }

  #onStepEnd(dueMs: Ms): void {
    this.#meter.record(this.#stepMs, this.#stepPromptTokens);
    // The whole step is committed before anyone hears of it: a listener may cancel any request.
    const told = this.#scheduler.commit();
    this.#power?.made(this.#stepPromptTokens, told.length);
    for (let index = 0; index < told.length; index++) {
      const entry = told[index]!;
      if (entry.ended) continue;
      entry.listener.onTokens(1, dueMs);
      if (entry.told === entry.outputTokens && !entry.ended) this.#end(entry, 'answered', dueMs);
    }
    this.#startStep(dueMs);
  }

  #stepMsOf(batch: Batch, phi: number): Ms {
    const stepMs = phi === 1 ? this.#stepTime(batch) : this.#cappedStepTime(batch, phi) * (1 + this.#overhead);
    return stepMs * this.#pace;
  }

  /** Who was here has lost what was computed, and the cache is empty when the power is back. */
  #losePower(atMs: Ms): void {
    this.#step = 'idle';
    this.#ready.length = 0;
    const lost = [...this.#open.values()];
    for (const entry of lost) {
      this.#ingesting.delete(entry);
      this.#scheduler.remove(entry);
    }
    this.#scheduler.forget();
    for (const entry of lost) if (!entry.ended) this.#end(entry, 'failed', atMs);
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

const sequenceOptionsOf = ({ prefix, ...request }: EngineRequest): SequenceOptions =>
  prefix === undefined
    ? request
    : { ...request, prefix: prefixHashes(prefix, request.promptTokens + request.outputTokens) };

const slowed = (stepTime: StepTime, overhead: number): StepTime =>
  overhead === 0 ? stepTime : (batch) => stepTime(batch) * (1 + overhead);

/** What a provider books for a request before it knows the length of its answer. */
const quotaTokens = ({ promptTokens, maxOutputTokens }: EngineRequest): number => promptTokens + maxOutputTokens;

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 10_000;
