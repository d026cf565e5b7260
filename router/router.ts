import type { EventSink, Outcome } from '../core/event/event.ts';
import type { Rng } from '../core/random/rng.ts';
import type { Ms } from '../core/time/clock.ts';
import { Attempt } from './attempt/attempt.ts';
import { mayRetry } from './attempt/retry.ts';
import type { EndpointTable } from './endpoint/endpoint-table.ts';
import type { LoadReport } from './endpoint/load-report.ts';
import { OVERLOADED } from './pick/pick-of.ts';
import type { Decision, Policy, RequestInfo } from './pick/policy.ts';
import { isPriced, type PricedPolicy } from './pick/priced-policy.ts';

export type Rejection = Extract<Decision, { kind: 'reject' }>;

export interface RouterOptions {
  readonly endpoints: EndpointTable;
  readonly policy: Policy;
  /** The stream `policy`. */
  readonly rng: Rng;
  readonly emit: EventSink;
  /** How often one request is tried, the first time included. */
  readonly maxAttempts?: number;
  /** How many requests one endpoint may have outstanding; more are refused at once. */
  readonly maxOutstanding?: number;
}

/**
 * Picks an endpoint for each attempt and keeps the table true. It holds no sockets and no clock: the same object runs in
 * the simulator and behind the live data path.
 *
 * Every attempt that `begin` returns must be given to `end` exactly once; a second time does nothing.
 */
export class Router {
  readonly endpoints: EndpointTable;
  readonly policy: Policy;
  readonly #priced: PricedPolicy | null;
  readonly #rng: Rng;
  readonly #emit: EventSink;
  readonly #maxAttempts: number;
  readonly #maxOutstanding: number;

  constructor(options: RouterOptions) {
    this.endpoints = options.endpoints;
    this.policy = options.policy;
    this.#priced = isPriced(options.policy) ? options.policy : null;
    this.#rng = options.rng;
    this.#emit = options.emit;
    this.#maxAttempts = options.maxAttempts ?? 2;
    this.#maxOutstanding = options.maxOutstanding ?? 1024;
  }

  /** Picks an endpoint and books the request there. With `previous`, the endpoints already tried are left out. */
  begin(request: RequestInfo, nowMs: Ms, previous: Attempt | null = null): Attempt | Rejection {
    const { endpoints } = this;
    endpoints.refreshCandidates(nowMs, previous === null ? NONE : [...previous.tried, previous.endpoint]);
    const decision = this.policy.pick(request, endpoints, nowMs, this.#rng);
    if (decision.kind === 'reject') return decision;
    const { endpoint } = decision;
    if (endpoints.outstanding[endpoint]! >= this.#maxOutstanding) return OVERLOADED;
    const attempt = new Attempt(request, endpoint, nowMs, previous);
    const rttMs = endpoints.forecast.rttMsAt(endpoint, nowMs, nowMs);
    if (rttMs > 0) attempt.arrivesAtMs = nowMs + rttMs / 2;
    attempt.predictedMs = this.#priced?.predictedMs?.(request, endpoints, endpoint, nowMs) ?? Number.NaN;
    const expectedMs = this.#priced?.costMs(request, endpoints, endpoint, nowMs);
    endpoints.begin(endpoint, attempt);
    this.#emit({
      kind: 'routed',
      atMs: nowMs,
      request: request.id,
      attempt: attempt.number,
      endpoint: endpoints.names[endpoint]!,
      ...(expectedMs === undefined ? {} : { expectedMs }),
    });
    return attempt;
  }

  /** The first message of the answer is here. Only the first call of an attempt counts. */
  firstMessage(attempt: Attempt, nowMs: Ms): void {
    if (attempt.hasFirstMessage || attempt.hasEnded) return;
    attempt.hasFirstMessage = true;
    const ttftMs = nowMs - attempt.startedAtMs;
    this.endpoints.firstMessage(attempt.endpoint, attempt, ttftMs, nowMs);
    if (Number.isNaN(attempt.predictedMs)) return;
    const handoverAtMs = this.endpoints.handoverSinceSample(attempt.endpoint);
    this.endpoints.residual.sample(attempt.endpoint, ttftMs - attempt.predictedMs, nowMs, handoverAtMs);
  }

  /**
   * The attempt is over, as the router saw it; `report` is what the node said of its load, `pushbackMs` how long it
   * asked to be left alone. A deadline that ran out counts as `cancelled`: it says how patient the client was.
   */
  end(attempt: Attempt, outcome: Outcome, nowMs: Ms, report?: LoadReport | null, pushbackMs?: Ms | null): void {
    if (attempt.hasEnded) return;
    attempt.hasEnded = true;
    const { endpoint } = attempt;
    this.endpoints.end(endpoint, attempt);
    if (report !== undefined && report !== null) this.endpoints.report(endpoint, report);
    const elapsedMs = nowMs - attempt.startedAtMs;
    if (outcome === 'failed' || outcome === 'refused') {
      this.#sampleFailure(attempt, Math.max(elapsedMs, pushbackMs ?? this.endpoints.ewma.failureMs), nowMs);
    } else if (!attempt.hasFirstMessage) {
      this.endpoints.ewma.sample(endpoint, elapsedMs, nowMs);
    }
  }

  /** Whether the host may call `begin` again with this ended attempt; `status` is its gRPC code. */
  mayRetry(attempt: Attempt, status: number): boolean {
    return mayRetry(attempt, status, { maxAttempts: this.#maxAttempts });
  }

  /** Tells whether there is a connection to the endpoint. All count as available at first. */
  setAvailable(endpoint: number, isAvailable: boolean): void {
    this.endpoints.setAvailable(endpoint, isAvailable);
  }

  #sampleFailure(attempt: Attempt, latencyMs: Ms, nowMs: Ms): void {
    const { endpoint, predictedMs } = attempt;
    this.endpoints.ewma.sample(endpoint, latencyMs, nowMs);
    if (Number.isNaN(predictedMs)) return;
    const handoverAtMs = this.endpoints.handoverSinceSample(endpoint);
    this.endpoints.residual.fail(endpoint, latencyMs - predictedMs, nowMs, handoverAtMs);
  }
}

const NONE: readonly number[] = [];
