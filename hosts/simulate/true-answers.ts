import type { Ms } from '../../core/time/clock.ts';
import { earliestArrivalMs } from '../../netem/links/model/earliest-arrival.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { objectivesFor, type ServiceObjectives } from '../../router/pick/objectives.ts';
import type { TrueObjective } from '../../router/policy/oracle.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Engine } from '../../services/node/engine/engine.ts';
import type { ForeseenAnswer } from '../../services/node/engine/forecast.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';
import type { Flights, WayBack } from './flights.ts';
import { TOKEN_BYTES } from './wire-size.ts';

/** What a request missed costs, in milliseconds: more than any delay that decides between two that miss as many. */
export const MISS_MS = 1e6;

/** What whole answers truly cost: the bounds on E2E and on missed objectives. */
export class TrueAnswers {
  readonly #home: ReadonlyMap<string, LinkModel>;
  readonly #flights: Flights;
  readonly #objectives: ServiceObjectives;
  /** The answers of a node as they are, for the request that is being routed: its endpoints over other media ask for the same. */
  readonly #asTheyAre = new Map<
    Engine,
    { readonly request: PlannedRequest; readonly atMs: Ms; readonly answers: Answers }
  >();

  constructor(of: {
    readonly clients: Topology['clients'];
    readonly flights: Flights;
    readonly objectives: ServiceObjectives;
  }) {
    this.#home = new Map(of.clients.map(({ name, links }) => [name, links.back]));
    this.#flights = of.flights;
    this.#objectives = of.objectives;
  }

  /**
   * E2E of `request` from now to its router, if it is with the node at `atMs`, and what it adds to the ends of all answers that are there or on their way; for
   * `slo` also `MISS_MS` for each more that misses an objective. Infinity where the node would refuse it.
   */
  costMs(
    engine: Engine,
    request: PlannedRequest,
    of: {
      readonly objective: Exclude<TrueObjective, 'ttft'>;
      readonly nowMs: Ms;
      readonly atMs: Ms;
      readonly back: WayBack;
    },
  ): Ms {
    const { objective, nowMs, atMs, back } = of;
    if (engine.wouldRefuse(request, atMs)) return Number.POSITIVE_INFINITY;
    const others = this.#flights.to(engine.name);
    const place = others.findIndex((other) => other.atMs > atMs);
    const coming = others.toSpliced(place < 0 ? others.length : place, 0, { atMs, request });
    const answers = engine.forecastAnswers(coming, nowMs);
    const own = answers.get(request.id);
    if (own === undefined) return Number.POSITIVE_INFINITY;
    const before = this.#before(engine, request, nowMs);
    let costMs = back(own.lastAtMs) - nowMs;
    let missed = objective === 'slo' && this.#misses(request, own, back) ? 1 : 0;
    for (const [id, { lastAtMs }] of before) {
      const answer = answers.get(id);
      if (answer === undefined) continue;
      costMs += answer.lastAtMs - lastAtMs;
      if (objective === 'slo')
        missed += Number(this.#willMiss(id, answer)) - Number(this.#willMiss(id, before.get(id)!));
    }
    return costMs + missed * MISS_MS;
  }

  #before(engine: Engine, request: PlannedRequest, nowMs: Ms): Answers {
    const known = this.#asTheyAre.get(engine);
    if (known?.request === request && known.atMs === nowMs) return known.answers;
    const answers = engine.forecastAnswers(this.#flights.to(engine.name), nowMs);
    this.#asTheyAre.set(engine, { request, atMs: nowMs, answers });
    return answers;
  }

  /** Whether the answer to another request will miss an objective; one that nobody waits for misses none. */
  #willMiss(id: number, { firstAtMs, lastAtMs }: ForeseenAnswer): boolean {
    const sent = this.#flights.sent(id);
    if (sent === null) return false;
    const began = Number.isNaN(firstAtMs) ? sent.firstMadeAtMs : firstAtMs;
    return this.#misses(sent.planned, { firstAtMs: began, lastAtMs }, sent.back);
  }

  /** By TTFT and TPOT, as its user will see them. */
  #misses(
    { client, class: name = '', atMs, outputTokens }: PlannedRequest,
    { firstAtMs, lastAtMs }: ForeseenAnswer,
    back: WayBack,
  ): boolean {
    const { ttftMs, tpotMs } = objectivesFor(this.#objectives, { class: name });
    const home = this.#home.get(client)!;
    const seen = (madeAtMs: Ms): Ms => earliestArrivalMs(home, back(madeAtMs), TOKEN_BYTES);
    const firstSeenAtMs = seen(firstAtMs);
    if (firstSeenAtMs - atMs > ttftMs) return true;
    return outputTokens >= 2 && (seen(lastAtMs) - firstSeenAtMs) / (outputTokens - 1) > tpotMs;
  }
}

type Answers = ReadonlyMap<number, ForeseenAnswer>;
