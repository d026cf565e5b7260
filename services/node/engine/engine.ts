import type { Clock, Ms } from '../../../core/time/clock.ts';
import type { LoadReport } from '../../../router/endpoint/load-report.ts';
import type { NodePower } from '../power/node-power.ts';
import { Admission, type AdmissionOptions, type Queue, type Submission } from './admission.ts';
import { BegunRequests } from './begun-requests.ts';
import {
  answersForeseen,
  type Foreseen,
  type ForeseenAnswer,
  type ForeseenRequest,
  type ForeseenSteps,
  firstTokenAtMs,
  type PromptArrival,
} from './forecast.ts';
import { Ingest, type IngestOptions } from './ingest.ts';
import { limitsOf } from './limits.ts';
import { LoadMeter } from './load-meter.ts';
import { type OpenRequest, OpenRequests, sequenceOptionsOf } from './open-requests.ts';
import { PowerCuts } from './power-cuts.ts';
import type { Profile } from './profile.ts';
import { leastLoaded, Replicas, type Sequences } from './replicas.ts';
import type { EngineEnd, EngineListener, EngineRequest, ReceivingListener } from './request.ts';
import { newSequence } from './sequence.ts';
import { SharedPower } from './shared-power.ts';
import { StepDuration, type StepDurationOptions } from './step-duration.ts';
import { StepLoop, type StepLoopOptions } from './step-loop.ts';
import { StepMeter } from './step-meter.ts';
import type { StepSource } from './step-source.ts';
import { stepSourcesOf } from './step-sources.ts';
import { type OnDemandOptions, WeightsOnDemand } from './weights-on-demand.ts';

type AdmissionPart = Omit<AdmissionOptions, 'weights'>;
type LoopPart = Pick<StepLoopOptions, 'clock' | 'onStepLate' | 'tellsInARow'>;

export interface EngineOptions extends AdmissionPart, StepDurationOptions, IngestOptions, LoopPart {
  readonly name: string;
  /** Meters and caps its power, and may cut it off; null (the default) when nothing is known about its power. */
  readonly power?: NodePower | null;
  /** Loads its weights when a request comes, and may give them up; null (the default) when they are always there. */
  readonly onDemand?: OnDemandOptions | null;
}

/**
 * An inference server without the model: requests go in, and tokens come out at the times at which a real server would
 * produce them.
 *
 * Admission decides what it takes, the scheduler what a step computes, the profile how long that takes, and the step loop when
 * it is done.
 */
export class Engine {
  readonly name: string;
  readonly profile: Profile;
  /** Tokens of a prompt with its longest answer that the model takes; null for no limit. */
  readonly maxModelLen: number | null;
  readonly #clock: Clock;
  readonly #power: NodePower | null;
  readonly #sequences: Sequences<OpenRequest>;
  readonly #sources: readonly StepSource<OpenRequest>[];
  readonly #admission: Admission;
  readonly #requests: OpenRequests;
  readonly #begun: BegunRequests;
  #nextReceivedId = -2; // requests have positive ids, and a forecast has -1
  readonly #duration: StepDuration;
  readonly #meter = new StepMeter();
  readonly #load = new LoadMeter();
  readonly #loops: readonly StepLoop[];
  readonly #weights: WeightsOnDemand | null;
  readonly #cuts: PowerCuts | null;
  /** Caps the power of its device from the next step on; null removes the cap. Absent when nothing is known about its power. */
  capPowerW?(watts: number | null): void;

  constructor(options: EngineOptions) {
    const { name, profile, clock, power = null } = options;
    const limits = limitsOf(options.limits, profile);
    this.name = name;
    this.profile = profile;
    this.#clock = clock;
    this.#power = power;
    this.#cuts = power && new PowerCuts(power, (backAtMs, atMs) => this.#losePower(backAtMs, atMs));
    if (power !== null) this.capPowerW = (watts) => power.capW(watts);
    this.#sources = stepSourcesOf<OpenRequest>(profile, limits);
    this.#sequences = this.#sources.length === 1 ? this.#sources[0]! : new Replicas(this.#sources);
    this.#begun = new BegunRequests(this.#sequences);
    this.maxModelLen = limits.maxModelLen ?? null;
    this.#weights = options.onDemand == null ? null : new WeightsOnDemand(options.onDemand);
    this.#admission = new Admission({ ...options, limits, weights: this.#weights }, this.kvTokens);
    this.#requests = new OpenRequests({
      clock,
      ingest: new Ingest(options),
      onReady: (request, dueMs) => this.#onReady(request, dueMs),
      onDeadline: (request, dueMs) => this.#drop(request, 'expired', dueMs),
    });
    this.#duration = new StepDuration(options);
    const { replicas } = profile;
    const shared =
      power === null || replicas === 1 ? null : new SharedPower(power, { replicas, loops: this.#sources.length });
    this.#loops = this.#sources.map(
      (source, index) =>
        new StepLoop({
          clock,
          source,
          duration: this.#duration,
          meter: this.#meter,
          power: shared?.of(index) ?? power,
          mayStartAtMs: (nowMs) => this.#mayStartAtMs(nowMs),
          onAnswered: (request, atMs) => this.#end(request, 'answered', atMs),
          onStepLate: options.onStepLate,
          tellsInARow: options.tellsInARow,
        }),
    );
  }

  /** Capacity of the KV cache in tokens. The prompt and the longest answer of a request must fit in it. */
  get kvTokens(): number {
    return this.#sequences.kvTokens;
  }

  /** How often a sequence was preempted and lost its blocks, since the start. */
  get preemptions(): number {
    return this.#sequences.preemptions;
  }

  /** Prompt tokens looked up in the prefix cache, and prompt tokens found there, since the start. */
  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return this.#sequences.prefixCache;
  }

  submit(request: EngineRequest, listener: EngineListener): Submission {
    if (this.#requests.has(request.id)) throw new Error(`request ${request.id} is still open in ${this.name}`);
    const nowMs = this.#clock.now();
    const submission = this.#admission.admit(request, this.#queue(), nowMs);
    if (submission.kind === 'refused') {
      this.#load.ended(nowMs, this.#sequences.kvUsage, { isFailure: true });
      return submission;
    }
    this.#load.accepted(nowMs, this.#sequences.kvUsage);
    // The cache goes with the weights.
    if (this.#isIdle() && this.#weights?.wake(nowMs, this.#requests.count)) this.#sequences.forget();
    this.#requests.add(request, listener, nowMs);
    return submission;
  }

  /** Ends a request and frees its blocks at once. Does nothing if the request has ended or is unknown. */
  cancel(id: number): void {
    const request = this.#requests.find(id);
    if (request !== undefined) this.#drop(request, 'cancelled', this.#clock.now());
  }

  /**
   * Takes over a request whose first token another engine gave and whose deadline that one watches. It decodes here from `join` on, which
   * must follow `onRoom`. Returns its id in this engine, where the request itself may be open, too; null when it is refused.
   */
  receive(request: EngineRequest, listener: ReceivingListener): number | null {
    const nowMs = this.#clock.now();
    if (this.#admission.admit(request, this.#queue(), nowMs).kind === 'refused') return null;
    if (this.#isIdle()) {
      this.#cuts?.isOutAt(nowMs); // a power cut that nobody has noticed would take it along later
      if (this.#weights?.wake(nowMs, this.#requests.count)) this.#sequences.forget();
    }
    const id = this.#nextReceivedId--;
    this.#begun.add(this.#requests.addBegun({ ...request, id, isHandedOn: false }, listener, nowMs), listener, nowMs);
    return id;
  }

  /** The KV entries of a received request are there. Does nothing if it has ended. */
  join(id: number, dueMs: Ms): void {
    const request = this.#requests.find(id);
    if (request !== undefined) this.#loopOf(request).join(request, dueMs);
  }

  /** Whether a request with `isHandedOn` can leave now: from its first token on, unless it was preempted. */
  mayDepart(id: number): boolean {
    const request = this.#requests.find(id);
    return request !== undefined && this.#sequences.mayDepart(request);
  }

  /** It leaves its place in the batch to another engine. Its blocks stay until `release`, and it is open until `cancel`. */
  depart(id: number): void {
    this.#sequences.depart(this.#requests.find(id)!);
  }

  /** The blocks of a departed request were read. */
  release(id: number): void {
    const request = this.#requests.find(id);
    if (request === undefined) return;
    this.#sequences.remove(request);
    this.#loopOf(request).wake(this.#clock.now());
  }

  /** A request with `isHandedOn` gets all its tokens here. */
  stay(id: number): void {
    const request = this.#requests.find(id);
    if (request !== undefined) request.mostPlanned = request.outputTokens;
  }

  report(nowMs: Ms): LoadReport {
    const { kvUsage } = this.#sequences;
    this.#load.uses(nowMs, kvUsage);
    return {
      atMs: nowMs,
      running: this.#sequences.runningCount,
      waiting: this.#waitingCount(),
      requestsReceived: this.#load.received,
      requestsPerS: this.#load.endedPerS(nowMs),
      failuresPerS: this.#load.failedPerS(nowMs),
      pendingPromptTokens: this.#pendingPromptTokens(nowMs),
      kvUsage,
      utilization: this.#load.usedShare(nowMs),
      stepMs: this.#meter.stepMs,
      prefillMsPerToken: this.#meter.prefillMsPerToken,
      prefillBaseMs: this.#meter.prefillBaseMs,
      prefixHitShare: this.#sequences.prefixHitShare,
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
   * lengths of all answers, which no router knows, so it is only for bounds. Its cost grows with the steps it simulates. `others` arrive
   * before it, and are not here yet; `prefix` is what of its prompt others may share.
   */
  forecastFirstTokenMs(promptTokens: number, nowMs: Ms, foreseen: Foreseen = {}): Ms {
    const { others, prefix } = foreseen;
    const probe = { id: -1, promptTokens, outputTokens: 1, maxOutputTokens: 1, ...(prefix && { prefix }) };
    if (this.wouldRefuse(probe, nowMs)) return Number.POSITIVE_INFINITY;
    const newcomer = newSequence(sequenceOptionsOf(probe));
    const coming = [...(others ?? []).map(arrivalOf), { atMs: nowMs, sequence: newcomer }];
    return firstTokenAtMs({ ...this.#steps(coming, nowMs), probe: newcomer });
  }

  /**
   * When each answer begins and ends, by the number of its request: of those that are open here, and of those that `coming` says, in order of
   * arrival, if no other request comes. As `forecastFirstTokenMs`, for bounds only.
   */
  forecastAnswers(coming: readonly ForeseenRequest[], nowMs: Ms): ReadonlyMap<number, ForeseenAnswer> {
    return answersForeseen(this.#steps(coming.map(arrivalOf), nowMs));
  }

  /** Whether it would refuse a request that comes now. */
  wouldRefuse(request: EngineRequest, nowMs: Ms): boolean {
    return this.#admission.refusalOf(request, this.#queue(), nowMs) !== null;
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

  /** The steps to come, on copies. */
  #steps(coming: readonly PromptArrival[], nowMs: Ms): ForeseenSteps {
    if (this.#isIdle()) this.#cuts?.isOutAt(nowMs);
    const power = this.#power;
    return {
      lanes: this.#sources.map((source, index) => ({
        source: source.copy(),
        stepEndsAtMs: this.#loops[index]!.nextStepAtMs,
      })),
      stepTime: (batch) => this.#duration.plainMs(batch, power === null ? 1 : power.phiOf(batch)),
      arrivals: this.#requests.arrivalsWith(coming),
      notBeforeMs: this.#weights?.readyAtMs(nowMs, this.#requests.count) ?? Number.NEGATIVE_INFINITY,
    };
  }

  #pendingPromptTokens(nowMs: Ms): number {
    const { promptTokensAhead } = this.#sequences;
    let tokens = this.#sequences.pendingPromptTokens() + promptTokensAhead + this.#requests.ingestingTokens();
    for (const loop of this.#loops) tokens += loop.uncomputedPromptTokens(nowMs);
    return Math.round(tokens);
  }

  #waitingCount(): number {
    return this.#sequences.waitingCount + this.#requests.ingestingCount + this.#begun.waitingCount;
  }

  /** Replicas in lock step have one loop. */
  #loopOf({ replica }: OpenRequest): StepLoop {
    return this.#loops[this.#loops.length === 1 ? 0 : replica]!;
  }

  #queue(): Queue {
    return { length: this.#waitingCount(), firstReadyAtMs: this.#sequences.firstWaiting()?.readyAtMs };
  }

  #isIdle(): boolean {
    return this.#loops.every(({ nextStepAtMs }) => nextStepAtMs === null);
  }

  #onReady(request: OpenRequest, dueMs: Ms): void {
    const place = this.#loops.length === 1 ? 0 : leastLoaded(this.#sources);
    if (this.#loops.length > 1) request.replica = place;
    this.#loops[place]!.add(request, dueMs);
  }

  #mayStartAtMs(nowMs: Ms): Ms | null {
    if (this.#cuts?.isOutAt(nowMs)) return null;
    const open = this.#requests.count;
    if (this.#weights === null || open === 0) return nowMs;
    this.#weights.wake(nowMs, open); // they were lost with the power after the request had come
    return Math.max(nowMs, this.#weights.readyAtMs(nowMs, open));
  }

  /** Requests from before `backAtMs` fail and the cache is empty. Requests that arrived after the power was back start over. */
  #losePower(backAtMs: Ms, atMs: Ms): void {
    const [lost, kept]: [OpenRequest[], OpenRequest[]] = [[], []];
    for (const request of this.#requests.toArray()) {
      // What another engine has begun cannot start over here.
      (request.arrivedAtMs < backAtMs || request.delivered > 0 ? lost : kept).push(request);
    }
    const ready = kept.filter(({ place }) => place !== 'outside');
    this.#requests.forgetIngest(lost);
    this.#begun.forget();
    for (const request of [...lost, ...ready]) this.#sequences.remove(request);
    this.#sequences.forget();
    for (const request of ready) this.#sequences.add(request);
    for (const loop of this.#loops) loop.keepReady(({ arrivedAtMs }) => arrivedAtMs >= backAtMs);
    this.#weights?.forget();
    for (const request of lost) if (!request.ended) this.#end(request, 'failed', atMs);
  }

  #drop(request: OpenRequest, end: EngineEnd, atMs: Ms): void {
    if (request.ended) return; // a listener ended it when another request ended
    const heldApart = request.place === 'departing' || request.place === 'receiving';
    this.#sequences.remove(request);
    if (heldApart) this.#loopOf(request).wake(atMs);
    if (this.#begun.waitingCount > 0) this.#begun.remove(request);
    this.#end(request, end, atMs);
  }

  #end(request: OpenRequest, end: EngineEnd, atMs: Ms): void {
    this.#load.ended(atMs, this.#sequences.kvUsage, { isFailure: end === 'failed' }); // before its listener asks for a report
    this.#requests.end(request, end, atMs);
    if (this.#requests.count === 0) this.#weights?.used(atMs);
    else if (this.#begun.waitingCount > 0) this.#begun.admit(atMs);
  }
}

const arrivalOf = ({ atMs, request }: ForeseenRequest): PromptArrival => ({
  atMs,
  sequence: newSequence(sequenceOptionsOf(request)),
});
