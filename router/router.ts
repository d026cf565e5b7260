import type { Rng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { Attempt } from './attempt/attempt.ts';
import { AttemptRules } from './attempt/attempt-rules.ts';
import type { Ending } from './attempt/ending.ts';
import { avoidedBy, type NextAttempt } from './attempt/next-attempt.ts';
import type { EndpointTable } from './endpoint/endpoint-table.ts';
import type { LoadReport } from './endpoint/load-report.ts';
import type { SignalSettings } from './endpoint/signals-schema.ts';
import type { Breaker } from './filter/breaker.ts';
import type { Ejection } from './filter/ejection.ts';
import type { Filter, RejectReason } from './filter/filter.ts';
import type { ModelFilter } from './filter/model.ts';
import type { PathHealth } from './filter/path-health.ts';
import type { PickTimer } from './metrics/pick-metrics.ts';
import type { Observation, Observer } from './observation.ts';
import { BROKEN, NO_ENDPOINT, NO_MODEL, OVERLOADED } from './pick/pick-of.ts';
import type { Decision, Policy } from './pick/policy.ts';
import { WaitingRoom } from './queue/waiting-room.ts';
import type { WaitingSettings } from './queue/waiting-schema.ts';
import type { RequestInfo } from './request-info.ts';
import type { RouterSettings } from './router-settings.ts';

export type Rejection = Extract<Decision, { kind: 'reject' }>;

export interface RouterOptions {
  readonly endpoints: EndpointTable;
  readonly policy: Policy;
  /** The stream `policy`. */
  readonly rng: Rng;
  /** Called with each observation, after the table and before the policy. */
  readonly observers?: readonly Observer[];
  /** Limit what a policy may choose from; asked in this order. */
  readonly filters?: readonly Filter[];
  /** Which endpoints serve which models; null or left out where each serves all. */
  readonly models?: ModelFilter | null;
  /** Which paths are alive, as the host checks it; null or left out where nobody does. Where none is, all count. */
  readonly health?: PathHealth | null;
  /** The one of `filters` that leaves out what keeps failing, for who wants to tell of it. */
  readonly ejection?: Ejection | null;
  /** Where requests wait while every endpoint is full; left out for nowhere. */
  readonly room?: WaitingRoom;
  /** When requests are tried again; left out for twice, after UNAVAILABLE. */
  readonly rules?: AttemptRules;
  /** The one of `filters` that stops requests to what fails, for who wants to tell of it. */
  readonly breaker?: Breaker | null;
  /**
   * The least share of endpoints that health checks and ejection may leave together: where one of them would leave fewer, it is not asked.
   * 0, the default, for one endpoint.
   */
  readonly panicShare?: number;
  /** Where it hears of the load of nodes; left out for reports with answers alone. */
  readonly signals?: SignalSettings;
  /** Has a report count later than it came, where a simulation makes routers know what is old; at once where it is left out. */
  readonly later?: (take: (nowMs: Ms) => void, nowMs: Ms) => void;
  /** Times the choices; null or left out where nobody does. */
  readonly picks?: PickTimer | null;
  /** Gives its filters and its table other settings; left out where they stay as they are. */
  readonly onRetune?: (settings: RouterSettings, nowMs: Ms) => void;
}

/**
 * Picks an endpoint for each attempt and keeps the table up to date. It holds no sockets and no clock: the same object runs in
 * the simulator and behind the live data path. A `RoutedRequest` drives it.
 *
 * Every attempt that `begin` returns must be given to `end` exactly once; a second time does nothing.
 */
export class Router {
  readonly endpoints: EndpointTable;
  readonly rules: AttemptRules;
  readonly health: PathHealth | null;
  readonly ejection: Ejection | null;
  readonly breaker: Breaker | null;
  readonly room: WaitingRoom;
  #panicShare: number;
  #signals: SignalSettings;
  readonly #later: RouterOptions['later'];
  readonly #rng: Rng;
  readonly #observers: readonly Observer[];
  readonly #filters: readonly Filter[];
  readonly #models: ModelFilter | null;
  readonly #picks: PickTimer | null;
  readonly #onRetune: NonNullable<RouterOptions['onRetune']>;
  #policy: Policy;
  #clockSettings = 0;
  #handoverAtMs: Ms;

  constructor(options: RouterOptions) {
    this.endpoints = options.endpoints;
    this.rules = options.rules ?? new AttemptRules();
    this.health = options.health ?? null;
    this.ejection = options.ejection ?? null;
    this.breaker = options.breaker ?? null;
    this.#panicShare = options.panicShare ?? 0;
    this.#signals = options.signals ?? { inBand: true, outOfBand: null };
    this.#later = options.later;
    this.#policy = options.policy;
    this.#rng = options.rng;
    this.#observers = options.observers ?? [];
    this.#filters = options.filters ?? [];
    this.#models = options.models ?? null;
    this.room = options.room ?? new WaitingRoom(NO_QUEUE, this.#models);
    this.room.listen((what) => this.#tell(what));
    this.#picks = options.picks ?? null;
    this.#onRetune = options.onRetune ?? (() => {});
    this.#handoverAtMs = Number.NEGATIVE_INFINITY;
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** Where it wants to hear of the load of nodes: its host subscribes to what is out of band. */
  get signals(): SignalSettings {
    return this.#signals;
  }

  /** Other settings from now on. Open requests continue, and everything that was learnt, counted or ejected stays as far as they allow it. */
  retune(settings: RouterSettings, nowMs: Ms): void {
    this.rules.retune(settings);
    this.#panicShare = settings.panicShare;
    this.#signals = settings.signals;
    this.#onRetune(settings, nowMs);
    this.endpoints.forgetCandidates();
    this.room.serve(nowMs);
  }

  /** Knows of an endpoint what another router has learnt and counted of it, under its number there. Call `retune` after the last. */
  inherit(endpoint: number, from: Router, its: number): void {
    this.endpoints.inherit(endpoint, from.endpoints, its);
    if (from.ejection !== null) this.ejection?.inherit(endpoint, from.ejection, its);
    if (from.breaker !== null) this.breaker?.inherit(endpoint, from.breaker, its);
  }

  /** Requests from now on are routed by another policy; open ones continue. What the table has learnt stays. */
  replace(policy: Policy): void {
    this.#policy = policy;
  }

  /** Picks an endpoint and books the request there; `next` says how where the request has had an attempt. */
  begin(request: RequestInfo, nowMs: Ms, next: NextAttempt | null = null): Attempt | Rejection {
    const { endpoints } = this;
    if (nowMs >= this.#handoverAtMs) this.#passHandovers(nowMs);
    let avoided = next === null ? NONE : avoidedBy(next, next.apart, endpoints);
    const pickBeganAtMs = this.#picks === null ? Number.NaN : this.#picks.began();
    let reason = this.#admit(request, nowMs, avoided);
    if (reason !== null && next !== null && next.orElse !== null) {
      avoided = avoidedBy(next, next.orElse, endpoints);
      reason = this.#admit(request, nowMs, avoided);
    }
    if (reason === null && next?.onlyWell === true && !this.#leaveWell(request, nowMs)) reason = 'no-endpoint';
    if (reason !== null) return REJECTIONS[reason];
    const decision = this.#policy.pick(request, endpoints, nowMs, this.#rng);
    this.#picks?.ended(pickBeganAtMs);
    if (decision.kind === 'reject') return decision;
    const { endpoint, costMs, predictedMs } = decision;
    const attempt = new Attempt(request, {
      endpoint,
      number: next === null ? 1 : next.number,
      cause: next === null ? 'first' : next.cause,
      avoided: next?.cause === 'hedge' ? avoidedBy(next, 'endpoint', endpoints) : avoided,
      startedAtMs: nowMs,
      costMs,
      predictedMs,
      clockSettings: this.#clockSettings,
    });
    const rttMs = endpoints.forecast.rttMsAt(endpoint, nowMs, nowMs);
    if (rttMs > 0) attempt.arrivesAtMs = nowMs + rttMs / 2;
    endpoints.begin(endpoint, attempt);
    this.#tell({ kind: 'began', attempt, nowMs });
    return attempt;
  }

  /** How long until a breaker lets a request through, where all are open. */
  brokenForMs(nowMs: Ms): Ms {
    return this.breaker?.waitMs(nowMs) ?? 0;
  }

  /**
   * Whose fault it is that a request would do better elsewhere: its path or its node is unhealthy, and a healthy endpoint is
   * there. Null where it may as well wait where it is.
   */
  reasonToMove({ endpoint, avoided }: Attempt): 'path' | 'node' | null {
    const { health, endpoints } = this;
    const fault = health?.faultOf(endpoint) ?? null;
    if (health === null || fault === null) return null;
    const { nodeOf, available, size } = endpoints;
    let reachable = 0;
    let healthy = 0;
    let better = 0;
    for (let other = 0; other < size; other++) {
      if (available[other] === 0) continue;
      reachable++;
      if (!health.admits(other)) continue;
      healthy++;
      if (!avoided.includes(other) && (fault === 'path' || nodeOf[other] !== nodeOf[endpoint])) better++;
    }
    return better > 0 && healthy >= this.#panicShare * reachable ? fault : null;
  }

  /** The first message of the answer came. Only the first call for an attempt counts. */
  firstMessage(attempt: Attempt, nowMs: Ms): void {
    if (attempt.hasFirstMessage || attempt.hasEnded) return;
    attempt.firstMessageAtMs = nowMs;
    const { endpoint } = attempt;
    this.endpoints.firstMessage(endpoint, attempt);
    if (!this.#isTimed(attempt)) return;
    const ttftMs = nowMs - attempt.startedAtMs;
    this.endpoints.ewma.sample(endpoint, ttftMs, nowMs);
    if (!Number.isNaN(attempt.predictedMs)) {
      this.endpoints.residual.sample(endpoint, ttftMs - attempt.predictedMs, nowMs);
    }
    this.#tell({ kind: 'first', attempt, ttftMs, nowMs });
  }

  /**
   * The attempt is over. A failure of the node or the path is a sample of at least `failureMs`, or of the pushback. An
   * attempt that ended by nobody's fault, without a message, is a sample of its duration. A client's own mistake is no sample of the endpoint.
   */
  end(attempt: Attempt, ending: Ending, nowMs: Ms): void {
    if (attempt.hasEnded) return;
    attempt.hasEnded = true;
    const { endpoint } = attempt;
    this.endpoints.end(endpoint, attempt);
    this.room.departed(nowMs);
    if (ending.report !== null && this.#signals.inBand) this.report(endpoint, ending.report, nowMs);
    if (this.#isTimed(attempt)) this.#learn(attempt, ending, nowMs);
    this.#tell({ kind: 'ended', attempt, ending, nowMs });
  }

  /** Of two attempts that a request had at once, this one has had its first message first; the other may have failed before. */
  won(attempt: Attempt, nowMs: Ms): void {
    this.#tell({ kind: 'won', attempt, nowMs });
  }

  /** A node reported its load. A report without an instant, or with one that is yet to come, counts as written when it came. */
  report(endpoint: number, said: LoadReport, nowMs: Ms): void {
    const report = said.atMs <= nowMs ? said : { ...said, atMs: nowMs };
    if (this.#later === undefined) this.#hear(endpoint, report, nowMs);
    else this.#later((atMs) => this.#hear(endpoint, report, atMs), nowMs);
  }

  /** The endpoints that the policy wants the host to probe now. */
  probes(nowMs: Ms): readonly number[] {
    return this.#policy.probes?.(nowMs) ?? NONE;
  }

  /** A probe of the endpoint came back. */
  probed(endpoint: number, rttMs: Ms, report: LoadReport | null, nowMs: Ms): void {
    if (report !== null) this.report(endpoint, report, nowMs);
    this.#tell({ kind: 'probed', endpoint, rttMs, report, nowMs });
  }

  /** Sets whether there is a connection to the endpoint. All count as available at first. */
  setAvailable(endpoint: number, isAvailable: boolean): void {
    if (isAvailable === (this.endpoints.available[endpoint] === 1)) return;
    this.endpoints.setAvailable(endpoint, isAvailable);
    this.#tell({ kind: 'available', endpoint, isAvailable });
  }

  /** The clock of `nowMs` was set, so durations of open attempts are unknown: they are no samples. */
  clockWasSet(): void {
    this.#clockSettings++;
    this.#handoverAtMs = Number.NEGATIVE_INFINITY;
    this.endpoints.forgetCandidates();
  }

  #hear(endpoint: number, report: LoadReport, nowMs: Ms): void {
    this.endpoints.report(endpoint, report);
    this.#tell({ kind: 'report', endpoint, report, nowMs });
  }

  /** Leaves in the table's candidates what may be chosen; returns the reason to refuse where nothing is left. */
  #admit(request: RequestInfo, nowMs: Ms, avoided: readonly number[]): RejectReason | null {
    const { endpoints } = this;
    endpoints.refreshCandidates(nowMs, avoided);
    if (this.#models !== null && request.model !== '') {
      if (!this.#models.isServed(request.model)) return 'no-model';
      this.#leaveOutOthers(this.#models, { request, nowMs, avoided });
    }
    const least = Math.max(1, Math.ceil(this.#panicShare * endpoints.candidateCount));
    // Where no candidate is healthy all count: checks may be wrong, and a request that waits may yet be answered.
    if (this.health !== null) this.#narrow(this.health, least, request, nowMs);
    for (const filter of this.#filters) {
      if (!this.#narrow(filter, least, request, nowMs)) return filter.reason;
    }
    return endpoints.candidateCount === 0 ? 'no-endpoint' : null;
  }

  /** Leaves in the candidates what the filter admits, unless it yields; false where it leaves none. `least` are needed against panic. */
  #narrow(filter: Filter, least: number, request: RequestInfo, nowMs: Ms): boolean {
    const { endpoints } = this;
    if (filter.admitsAll === true || endpoints.candidateCount === 0) return true;
    if (
      filter.yields !== undefined &&
      !this.#leaves(filter.yields === 'in-panic' ? least : 1, filter, request, nowMs)
    ) {
      return true;
    }
    endpoints.narrowCandidates(filter, request, nowMs);
    return endpoints.candidateCount > 0;
  }

  /** Where the paths to all that serve its model are known to be down, those count: a short outage only delays a message. */
  #leaveOutOthers(
    models: ModelFilter,
    { request, nowMs, avoided }: { request: RequestInfo; nowMs: Ms; avoided: readonly number[] },
  ): void {
    const { endpoints } = this;
    endpoints.narrowCandidates(models, request, nowMs);
    if (endpoints.candidateCount > 0) return;
    endpoints.widenCandidates(avoided);
    endpoints.narrowCandidates(models, request, nowMs);
  }

  #leaves(least: number, filter: Filter, request: RequestInfo, nowMs: Ms): boolean {
    const { candidates, candidateCount } = this.endpoints;
    let left = 0;
    for (let index = 0; index < candidateCount && left < least; index++) {
      if (filter.admits(candidates[index]!, request, nowMs)) left++;
    }
    return left >= least;
  }

  /** Leaves only healthy candidates whose paths are up. Returns whether there are any. */
  #leaveWell(request: RequestInfo, nowMs: Ms): boolean {
    const { health, endpoints } = this;
    const { forecast, candidates } = endpoints;
    if (health !== null && !health.admitsAll) endpoints.narrowCandidates(health, request, nowMs);
    return endpoints.candidateCount > 0 && forecast.isUpAt(candidates[0]!, nowMs, nowMs); // all are up, or none is
  }

  #learn(attempt: Attempt, { fault, pushbackMs }: Ending, nowMs: Ms): void {
    const { endpoint, predictedMs } = attempt;
    const { ewma, residual } = this.endpoints;
    const elapsedMs = nowMs - attempt.startedAtMs;
    if (fault === 'client') return;
    if (fault === 'none') {
      if (!attempt.hasFirstMessage) ewma.sample(endpoint, elapsedMs, nowMs);
      return;
    }
    const latencyMs = Math.max(elapsedMs, pushbackMs !== null && pushbackMs >= 0 ? pushbackMs : ewma.failureMs);
    ewma.sample(endpoint, latencyMs, nowMs);
    if (Number.isNaN(predictedMs)) return;
    residual.fail(endpoint, { errorMs: latencyMs - predictedMs, nowMs, ofPath: fault === 'path' });
  }

  #isTimed(attempt: Attempt): boolean {
    return attempt.clockSettings === this.#clockSettings;
  }

  /** Emits the hand-overs since the last call up to `nowMs`, and computes when the next one is due. */
  #passHandovers(nowMs: Ms): void {
    const { forecast, size } = this.endpoints;
    const sinceMs = this.#handoverAtMs;
    let nextMs = Number.POSITIVE_INFINITY;
    for (let endpoint = 0; endpoint < size; endpoint++) {
      if (sinceMs > Number.NEGATIVE_INFINITY) {
        const atMs = forecast.nextHandoverAfter(endpoint, sinceMs - 1);
        if (atMs <= nowMs) this.#tell({ kind: 'hand-over', endpoint, atMs });
      }
      nextMs = Math.min(nextMs, forecast.nextHandoverAfter(endpoint, nowMs));
    }
    this.#handoverAtMs = nextMs;
  }

  #tell(what: Observation): void {
    for (const observer of this.#observers) observer.observe(what, this.endpoints);
    this.#policy.observe?.(what, this.endpoints);
  }
}

const REJECTIONS = {
  'no-endpoint': NO_ENDPOINT,
  broken: BROKEN,
  overloaded: OVERLOADED,
  'no-model': NO_MODEL,
} as const;

/** The defaults of the schema. */
const NO_QUEUE: WaitingSettings = { size: 0, timeoutMs: 5000, quantumTokens: 1024 };

const NONE: readonly number[] = [];
