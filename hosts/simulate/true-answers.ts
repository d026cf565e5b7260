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

/** What a request costs that misses an objective, in milliseconds: more than all that is used up of others. */
const MISS_MS = 1e6;

/** What the whole of an objective is worth that is used up but kept: who leaves more of it leaves more for requests to come. */
const SHARE_MS = 1000;

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
   * What `request` costs all users if it is with the node at `atMs`. `e2e`: the time from now to its last token at its router, and what it adds to the
   * ends of all answers that are there or on their way. `slo`: the same sum of prices, where an answer is worth what it uses up of its objectives, and
   * `MISS_MS` if it misses one. Infinity where the node would refuse it.
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
    let costMs = objective === 'e2e' ? back(own.lastAtMs) - nowMs : this.#priceMs(request, own, back);
    for (const [id, without] of before) {
      const answer = answers.get(id);
      if (answer === undefined) continue;
      const addedMs =
        objective === 'e2e'
          ? answer.lastAtMs - without.lastAtMs
          : this.#otherMs(id, answer) - this.#otherMs(id, without);
      if (Number.isFinite(addedMs)) costMs += addedMs; // over a path that is never up again all costs the same
    }
    return costMs;
  }

  #before(engine: Engine, request: PlannedRequest, nowMs: Ms): Answers {
    const known = this.#asTheyAre.get(engine);
    if (known?.request === request && known.atMs === nowMs) return known.answers;
    const answers = engine.forecastAnswers(this.#flights.to(engine.name), nowMs);
    this.#asTheyAre.set(engine, { request, atMs: nowMs, answers });
    return answers;
  }

  /** The price of the answer to another request; nothing for one that nobody waits for. */
  #otherMs(id: number, { firstAtMs, lastAtMs }: ForeseenAnswer): Ms {
    const sent = this.#flights.sent(id);
    if (sent === null) return 0;
    const began = Number.isNaN(firstAtMs) ? sent.firstMadeAtMs : firstAtMs;
    return this.#priceMs(sent.planned, { firstAtMs: began, lastAtMs }, sent.back);
  }

  /** What it uses up of its objectives, as its user will see the answer, and what it costs to miss one. */
  #priceMs(
    { client, class: name = '', atMs, outputTokens }: PlannedRequest,
    { firstAtMs, lastAtMs }: ForeseenAnswer,
    back: WayBack,
  ): Ms {
    const { ttftMs, tpotMs } = objectivesFor(this.#objectives, { class: name });
    const home = this.#home.get(client)!;
    const seen = (madeAtMs: Ms): Ms => earliestArrivalMs(home, back(madeAtMs), TOKEN_BYTES);
    const [firstSeenAtMs, lastSeenAtMs] = [seen(firstAtMs), seen(lastAtMs)];
    if (!Number.isFinite(lastSeenAtMs)) return Number.POSITIVE_INFINITY;
    const ttftShare = (firstSeenAtMs - atMs) / ttftMs;
    const tpotShare = outputTokens < 2 ? 0 : (lastSeenAtMs - firstSeenAtMs) / (outputTokens - 1) / tpotMs;
    const missMs = ttftShare > 1 || tpotShare > 1 ? MISS_MS : 0;
    return missMs + SHARE_MS * (ttftShare + tpotShare);
  }
}

type Answers = ReadonlyMap<number, ForeseenAnswer>;
