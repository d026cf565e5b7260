import type { EventSink, Outcome } from '../../core/event/event.ts';
import type { Cancel, Clock, Ms } from '../../core/time/clock.ts';
import { earliestArrivalMs } from '../../netem/links/model/earliest-arrival.ts';
import { type EndpointPlan, type Topology, topologyFrom } from '../../scenario/topology.ts';
import { type CutOutcome, cutReason } from '../../services/client/outcome.ts';
import { sentEvent } from '../../services/client/request-events.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import { Floor } from './floor.ts';
import { requestBytes, TOKEN_BYTES } from './wire-size.ts';

/** The least time of a request over one endpoint, by instants. */
interface FloorOfRequest {
  readonly endpoint: EndpointPlan;
  readonly atRouterMs: Ms;
  readonly firstTokenAtMs: Ms;
  readonly lastTokenAtMs: Ms;
}

/**
 * The bound `floor`: what no policy can beat on any request. Each request is alone in the system, with true links, unlimited windows, the
 * least jitter and step noise, nothing lost, and all that it shares with others cached; of all endpoints that its router has the one with
 * the earliest first token counts for that, and the one with the earliest last token for the end. Deadlines, faults of nodes, power and
 * refusals do not count: they only cost time. It needs no router and no engine, and says nothing of energy.
 */
export class FloorCalls {
  readonly #clock: Clock;
  readonly #emit: EventSink;
  readonly #onEnd: (planned: PlannedRequest, outcome: Outcome, atMs: Ms) => void;
  /** By client: how a request goes to its router, and which endpoints that has. */
  readonly #ways: ReadonlyMap<
    string,
    { readonly access: Topology['clients'][number]; readonly endpoints: readonly EndpointPlan[] }
  >;
  readonly #floor: Floor;
  readonly #open = new Map<PlannedRequest, { readonly firstTokenAtMs: Ms; readonly stop: () => void }>();

  constructor(options: {
    readonly topology: Topology;
    readonly clock: Clock;
    readonly emit: EventSink;
    readonly onEnd: (planned: PlannedRequest, outcome: Outcome, atMs: Ms) => void;
  }) {
    const { topology, clock, emit, onEnd } = options;
    this.#clock = clock;
    this.#emit = emit;
    this.#onEnd = onEnd;
    this.#ways = new Map(
      topology.routers.flatMap((plan) => {
        const { endpoints, clients } = topologyFrom(topology, plan);
        return clients.map((access) => [access.name, { access, endpoints }] as const);
      }),
    );
    this.#floor = new Floor(topology);
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  send(planned: PlannedRequest): void {
    const { id: request } = planned;
    this.#emit(sentEvent(planned, this.#clock.now()));
    const { endpoint, atRouterMs, firstTokenAtMs, lastTokenAtMs } = this.floorOf(planned, this.#clock.now());
    const stops: Cancel[] = [];
    const at = (dueMs: Ms, fn: (atMs: Ms) => void): void => {
      if (Number.isFinite(dueMs)) stops.push(this.#clock.at(dueMs, fn)); // a path that is never up answers nobody
    };
    at(atRouterMs, (atMs) => this.#emit({ kind: 'routed', atMs, request, attempt: 1, endpoint: endpoint.name }));
    at(firstTokenAtMs, (atMs) => this.#emit({ kind: 'first-token', atMs, request }));
    at(lastTokenAtMs, (atMs) => this.#end(planned, 'answered', atMs));
    const stop = (): void => {
      for (const cancel of stops) cancel();
    };
    this.#open.set(planned, { firstTokenAtMs, stop });
  }

  /** The run ended before those that are open. */
  cutOff(outcome: CutOutcome): void {
    const nowMs = this.#clock.now();
    for (const [planned, { firstTokenAtMs, stop }] of [...this.#open]) {
      stop();
      // Of an answer that is cut off, the floor knows when its first token came, and of no other.
      this.#end(planned, outcome, nowMs, {
        reason: cutReason(outcome),
        ...(firstTokenAtMs <= nowMs && { firstTokenAtMs }),
      });
    }
  }

  /** The least times of a request that its client sends at `sentAtMs`. */
  floorOf(planned: PlannedRequest, sentAtMs: Ms): FloorOfRequest {
    const { access, endpoints } = this.#ways.get(planned.client)!;
    const bytes = requestBytes(planned.promptTokens);
    const atRouterMs = earliestArrivalMs(access.links.forward, sentAtMs, bytes);
    let endpoint = endpoints[0]!;
    let firstAtMs = Number.POSITIVE_INFINITY;
    let lastAtMs = Number.POSITIVE_INFINITY;
    for (const each of endpoints) {
      const over = this.#floor.over(each, planned, atRouterMs);
      lastAtMs = Math.min(lastAtMs, over.lastAtMs);
      if (over.firstAtMs >= firstAtMs) continue;
      firstAtMs = over.firstAtMs;
      endpoint = each;
    }
    const home = (atMs: Ms): Ms => earliestArrivalMs(access.links.back, atMs, TOKEN_BYTES);
    return {
      endpoint,
      atRouterMs,
      firstTokenAtMs: home(firstAtMs),
      lastTokenAtMs: home(Math.max(firstAtMs, lastAtMs)),
    };
  }

  #end(
    planned: PlannedRequest,
    outcome: Outcome,
    atMs: Ms,
    cut: { readonly reason?: string; readonly firstTokenAtMs?: Ms } = {},
  ): void {
    const { reason, firstTokenAtMs } = cut;
    this.#open.delete(planned);
    const isAnswered = outcome === 'answered';
    this.#emit({
      kind: 'finished',
      atMs,
      request: planned.id,
      outcome,
      tokens: isAnswered ? planned.outputTokens : firstTokenAtMs === undefined ? 0 : 1,
      ...(isAnswered ? { lastTokenAtMs: atMs } : firstTokenAtMs === undefined ? {} : { lastTokenAtMs: firstTokenAtMs }),
      status: isAnswered ? 'OK' : 'CANCELLED',
      ...(reason === undefined ? {} : { reason }),
    });
    this.#onEnd(planned, outcome, atMs);
  }
}
