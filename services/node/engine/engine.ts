import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import type { NodePower } from '../power/node-power.ts';
import { Admission, type AdmissionOptions, type Queue, type Submission } from './admission.ts';
import { firstTokenAtMs } from './forecast.ts';
import { limitsOf } from './limits.ts';
import { LockStep } from './lock-step.ts';
import { type OpenRequest, OpenRequests } from './open-requests.ts';
import type { Profile } from './profile.ts';
import type { EngineEnd, EngineListener, EngineRequest } from './request.ts';
import { Scheduler } from './scheduler.ts';
import { newSequence } from './sequence.ts';
import { StepDuration, type StepDurationOptions } from './step-duration.ts';
import { StepMeter } from './step-meter.ts';
import type { StepSource } from './step-source.ts';
import type { StepTime } from './step-time.ts';

export interface EngineOptions extends AdmissionOptions, StepDurationOptions {
  readonly name: string;
  /** Time before a request can be scheduled: parsing, tokenising. */
  readonly ingestMs: Ms;
  /** Meters and caps its power, and may cut it off; null (the default) when nothing is known about its power. */
  readonly power?: NodePower | null;
  readonly clock: Clock;
  /** Hears how much later than due each step ended: for an engine on a real clock. */
  readonly onStepLate?: (lateMs: Ms) => void;
}

/**
 * An inference server without the model: requests go in, and tokens come out at the times at which a real server would
 * produce them.
 *
 * The scheduler decides what a step computes. The profile gives its duration. Every sequence of the step emits at its end.
 * A step starts when the last one was due to end, so the lateness of a real clock does not add up.
 *
 * Hot path: a step allocates one timer; a token allocates nothing.
 */
export class Engine {
  readonly name: string;
  readonly profile: Profile;
  /** Tokens of a prompt with its longest answer that the model takes; null for no limit. */
  readonly maxModelLen: number | null;
  readonly #clock: Clock;
  readonly #power: NodePower | null;
  readonly #scheduler: StepSource<OpenRequest>;
  readonly #admission: Admission;
  readonly #requests: OpenRequests;
  readonly #duration: StepDuration;
  readonly #meter = new StepMeter();
  readonly #onStepLate: ((lateMs: Ms) => void) | undefined;
  /** Requests that became ready after the last step began. */
  readonly #ready: OpenRequest[] = [];
  readonly #endStep = (dueMs: Ms): void => this.#onStepEnd(dueMs);
  #step: 'idle' | 'starting' | 'computing' = 'idle';
  #stepMs: Ms = 0;
  #stepEndsAtMs: Ms = 0;
  #stepPromptTokens = 0;
  /** When its power last came back, as of the last check. Another instant now means that there was a cut since. */
  #poweredSinceMs: Ms;
  /** Caps the power of its device from the next step on; null removes the cap. Absent when nothing is known about its power. */
  capPowerW?(watts: number | null): void;

  constructor(options: EngineOptions) {
    const { name, profile, clock, power = null } = options;
    const limits = limitsOf(options.limits, profile);
    this.name = name;
    this.profile = profile;
    this.#clock = clock;
    this.#power = power;
    this.#onStepLate = options.onStepLate;
    this.#poweredSinceMs = power?.isOnSinceMs ?? Number.NEGATIVE_INFINITY;
    if (power !== null) this.capPowerW = (watts) => power.capW(watts);
    const replicas = Array.from(
      { length: profile.replicas },
      () => new Scheduler<OpenRequest>(limits, limits.kvTokens ?? profile.kvTokens),
    );
    this.#scheduler = replicas.length === 1 ? replicas[0]! : new LockStep(replicas);
    this.maxModelLen = limits.maxModelLen ?? null;
    this.#admission = new Admission({ ...options, limits }, this.kvTokens);
    this.#requests = new OpenRequests({
      clock,
      ingestMs: options.ingestMs,
      onReady: (request, dueMs) => this.#onReady(request, dueMs),
      onDeadline: (request, dueMs) => this.#drop(request, 'expired', dueMs),
    });
    this.#duration = new StepDuration(options);
  }

  /** Capacity of the KV cache in tokens. The prompt and the longest answer of a request must fit in it. */
  get kvTokens(): number {
    return this.#scheduler.kvTokens;
  }

  /** How often a sequence was preempted and lost its blocks, since the start. */
  get preemptions(): number {
    return this.#scheduler.preemptions;
  }

  /** Prompt tokens looked up in the prefix cache, and prompt tokens found there, since the start. */
  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return this.#scheduler.prefixCache;
  }

  submit(request: EngineRequest, listener: EngineListener): Submission {
    if (this.#requests.has(request.id)) throw new Error(`request ${request.id} is still open in ${this.name}`);
    const nowMs = this.#clock.now();
    const submission = this.#admission.admit(request, this.#queue(), nowMs);
    if (submission.kind === 'accepted') this.#requests.add(request, listener, nowMs);
    return submission;
  }

  /** Ends a request and frees its blocks at once. Does nothing if the request has ended or is unknown. */
  cancel(id: number): void {
    const request = this.#requests.find(id);
    if (request !== undefined) this.#drop(request, 'cancelled', this.#clock.now());
  }

  report(nowMs: Ms): LoadReport {
    return {
      atMs: nowMs,
      running: this.#scheduler.runningCount,
      waiting: this.#waitingCount(),
      pendingPromptTokens: this.#scheduler.pendingPromptTokens() + this.#requests.ingestingTokens(),
      kvUsage: this.#scheduler.kvUsage,
      stepMs: this.#meter.stepMs,
      prefillMsPerToken: this.#meter.prefillMsPerToken,
      prefixHitShare: this.#scheduler.prefixHitShare,
      ...(this.#power === null ? {} : { power: this.#power.report(nowMs) }),
    };
  }

  /** Emits a reading of the energy used up to now, if energy is metered. */
  settleEnergy(nowMs: Ms): void {
    this.#power?.settle(nowMs);
  }

  /** Restarts energy metering now. */
  forgetEnergy(nowMs: Ms): void {
    this.#power?.forget(nowMs);
  }

  /** From the next step on, steps take `factor` times as long; 1 is the duration in the profile. */
  pace(factor: number): void {
    this.#duration.pace(factor);
  }

  /**
   * When the first token of a request that arrives now would be emitted; Infinity when it would be refused. It uses the true
   * lengths of all answers, which no router knows, so it is only for bounds. Its cost grows with the steps it simulates.
   */
  forecastFirstTokenMs(promptTokens: number, nowMs: Ms): Ms {
    const probe = { id: -1, promptTokens, outputTokens: 1, maxOutputTokens: 1 };
    if (this.#admission.refusalOf(probe, this.#queue(), nowMs) !== null) return Number.POSITIVE_INFINITY;
    const arrivals = this.#requests.arrivalsWith(newSequence(probe), nowMs);
    if (this.#step === 'idle') this.#noticeCut(nowMs);
    const startsAtMs = this.#step === 'idle' ? null : this.#stepEndsAtMs;
    const power = this.#power;
    const stepTime: StepTime = (batch) => this.#duration.plainMs(batch, power === null ? 1 : power.phiOf(batch));
    return firstTokenAtMs(this.#scheduler.copy(), stepTime, arrivals, startsAtMs);
  }

  /** Whether its site gives it enough power at `nowMs`. Without power, open requests fail and new ones are refused. */
  hasPower(nowMs: Ms): boolean {
    return this.#power?.isOutAt(nowMs) !== true;
  }

  /** Whether it takes requests at all: it is started, has power, and neither drains nor is closed. What its health says. */
  isServing(nowMs: Ms): boolean {
    return this.#admission.shutReason(nowMs) === null;
  }

  /** Refuses new requests, and answers the accepted ones. */
  drain(): void {
    this.#admission.drain();
  }

  /** Fails every open request and empties the caches, as the end of the process does; new requests are taken. */
  crash(): void {
    this.#losePower(Number.POSITIVE_INFINITY, this.#clock.now());
  }

  /** Fails every open request and refuses new ones. */
  close(): void {
    if (this.#admission.isClosed) return;
    this.#admission.close();
    const nowMs = this.#clock.now();
    for (const request of this.#requests.toArray()) this.#drop(request, 'failed', nowMs);
  }

  #waitingCount(): number {
    return this.#scheduler.waitingCount + this.#requests.ingestingCount;
  }

  #queue(): Queue {
    return { length: this.#waitingCount(), firstReadyAtMs: this.#scheduler.firstWaiting()?.readyAtMs };
  }

  #onReady(request: OpenRequest, dueMs: Ms): void {
    this.#ready.push(request);
    this.#scheduler.add(request);
    if (this.#step !== 'idle') return;
    this.#step = 'starting';
    this.#stepEndsAtMs = dueMs;
    // By a timer, so that requests that become ready at the same instant join the step.
    this.#clock.at(dueMs, (startMs) => this.#startStep(startMs));
  }

  #startStep(startMs: Ms): void {
    const power = this.#power;
    if (this.#noticeCut(startMs)) {
      this.#step = 'idle';
      return;
    }
    if (this.#ready.length > 0) this.#tellQueued(startMs);
    const batch = this.#scheduler.begin();
    if (batch === null) {
      this.#step = 'idle';
      power?.idle(startMs);
      return;
    }
    this.#step = 'computing';
    const phi = power === null ? 1 : power.begin(startMs, batch);
    this.#stepMs = this.#duration.drawMs(batch, phi);
    this.#stepEndsAtMs = startMs + this.#stepMs;
    this.#stepPromptTokens = this.#scheduler.promptTokens;
    this.#clock.at(this.#stepEndsAtMs, this.#endStep);
    for (const request of this.#scheduler.started) if (!request.ended) request.listener.onScheduled(startMs);
  }

  #tellQueued(startMs: Ms): void {
    for (const request of this.#ready) if (!request.ended) request.listener.onQueued?.(startMs);
    this.#ready.length = 0;
  }

  #onStepEnd(dueMs: Ms): void {
    this.#onStepLate?.(this.#clock.now() - dueMs);
    this.#meter.record(this.#stepMs, this.#stepPromptTokens);
    // Commit the whole step before calling a listener, because a listener may cancel any request.
    const emitting = this.#scheduler.commit();
    this.#power?.made(this.#stepPromptTokens, emitting.length);
    for (let index = 0; index < emitting.length; index++) {
      const request = emitting[index]!;
      if (request.ended) continue;
      request.listener.onTokens(1, dueMs);
      if (request.delivered === request.outputTokens && !request.ended) this.#requests.end(request, 'answered', dueMs);
    }
    this.#startStep(dueMs);
  }

  /** Whether there is no power now. A cut since the last check emptied the caches, also if it is over or no request was open. */
  #noticeCut(nowMs: Ms): boolean {
    const power = this.#power;
    if (power === null) return false;
    const isOut = power.isOutAt(nowMs);
    if (isOut) this.#losePower(Number.POSITIVE_INFINITY, nowMs);
    else if (power.isOnSinceMs !== this.#poweredSinceMs) this.#losePower(power.isOnSinceMs, nowMs);
    if (!isOut) this.#poweredSinceMs = power.isOnSinceMs;
    return isOut;
  }

  /** Requests from before `backAtMs` fail and the cache is empty. Requests that arrived after the power was back start over. */
  #losePower(backAtMs: Ms, atMs: Ms): void {
    const [lost, kept]: [OpenRequest[], OpenRequest[]] = [[], []];
    for (const request of this.#requests.toArray()) (request.arrivedAtMs < backAtMs ? lost : kept).push(request);
    const ready = kept.filter(({ place }) => place !== 'outside');
    this.#requests.forgetIngest(lost);
    for (const request of [...lost, ...ready]) this.#scheduler.remove(request);
    this.#scheduler.forget();
    for (const request of ready) this.#scheduler.add(request);
    const queued = this.#ready.filter((request) => request.arrivedAtMs >= backAtMs);
    this.#ready.length = 0;
    this.#ready.push(...queued);
    for (const request of lost) if (!request.ended) this.#requests.end(request, 'failed', atMs);
  }

  #drop(request: OpenRequest, end: EngineEnd, atMs: Ms): void {
    if (request.ended) return; // a listener ended it when another request ended
    this.#scheduler.remove(request);
    this.#requests.end(request, end, atMs);
  }
}
