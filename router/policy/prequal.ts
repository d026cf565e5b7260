import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { LoadReport } from '../endpoint/load-report.ts';
import type { Observation } from '../observation.ts';
import { FailureShares } from '../pick/failure-shares.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Decision, Policy } from '../pick/policy.ts';
import { ProbePool } from '../pick/probe-pool.ts';
import { RecentQuantile } from '../pick/recent-quantile.ts';
import type { RequestInfo } from '../request-info.ts';

export const prequalSchema = (z: Zod) =>
  z
    .strictObject({
      poolSize: z.int().min(2).max(256).default(16).describe('How many answers of probes are kept.'),
      probesPerRequest: z
        .number()
        .positive()
        .max(64)
        .default(3)
        .describe('How many endpoints are probed for each request; 1.5 is one, then two.')
        .meta(tune({ from: 0.5, to: 8 })),
      removedPerRequest: z
        .number()
        .nonnegative()
        .max(64)
        .default(1)
        .describe('How many answers each request removes, in turn the oldest and the worst.')
        .meta(tune({ from: 0, to: 4 })),
      maxAgeMs: z
        .number()
        .positive()
        .default(1000)
        .describe('How long an answer is used, in milliseconds.')
        .meta(tune({ from: 100, to: 10000 })),
      hotQuantile: z
        .number()
        .gt(0)
        .max(1)
        .default(0.84)
        .describe('An endpoint is hot with more requests in flight than this quantile of the answers.'),
      reuseDelta: z
        .number()
        .nonnegative()
        .default(1)
        .describe('delta in the bound of reuse: how fast the pool may fall.')
        .meta(tune({ from: 0, to: 8 })),
      maxFailureShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe('An endpoint of which more of its latest requests failed is taken only where there is no other.'),
      idleMs: z
        .number()
        .positive()
        .default(500)
        .describe('Without an answer for as long it probes also without a request, in milliseconds.')
        .meta(tune({ from: 50, to: 5000 })),
    })
    .describe('Probes a few endpoints for each request, and of the answers takes a cold one with the least latency.');

/**
 * Asynchronous probes: each request has `probesPerRequest` endpoints, drawn without replacement, asked for their requests in flight
 * (RIF) and their latency; the answers serve the requests after it. Of the answers in the pool one is hot where its RIF is above the 0.84
 * quantile (2^-1/4) of the last 128 answers. Of the cold ones the least latency is taken; where all are hot, the least RIF; with fewer
 * than two answers, any endpoint. A choice counts as one more in flight there, and as many of other routers as come there for each of this one
 * (`NodeLoad`): they hear the same answers. An answer leaves the pool after 1 s, or when it was used
 *
 *     b = max(1, (1 + delta) / ((1 - m/n) * probesPerRequest - removedPerRequest))        m of the pool, at most n endpoints
 *
 * times (without end where the denominator is not above 0: then its age bounds it). Aversion to errors: a node that fails fast looks idle, so
 * endpoints of which more than a tenth of the latest requests failed are taken last.
 *
 * RIF 3, 9 and 2 with latencies 40, 10 and 60 ms, hot above 8: the first is taken, cold and faster than the third.
 * The latency of an answer is the round trip of the probe, and the time that a short prompt takes there by the report: 1.5 steps and the
 * prompts that wait. The paper's servers report a median of their own instead.
 * Source: Wydrowski, Kleinberg, Rumble, Archer, Load is not what you should balance: Introducing Prequal, NSDI'24.
 */
export const prequal = (params: Made<typeof prequalSchema>, { rng }: { readonly rng: Rng }): Policy =>
  new Prequal(params, rng);

class Prequal implements Policy {
  readonly name = 'prequal';
  readonly #params: Made<typeof prequalSchema>;
  readonly #rng: Rng;
  readonly #pool: ProbePool;
  readonly #hotAbove: RecentQuantile;
  readonly #failures = new FailureShares();
  #wanted: readonly number[] = [];
  #probesDue = 0;
  #removalsDue = 0;
  #isOldestNext = true;
  #answeredAtMs: Ms = 0;
  #endpoints = 0;

  constructor(params: Made<typeof prequalSchema>, rng: Rng) {
    this.#params = params;
    this.#rng = rng;
    this.#pool = new ProbePool(params.poolSize);
    this.#hotAbove = new RecentQuantile(params.hotQuantile, ANSWERS);
  }

  pick(_request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): Decision {
    const { candidates, candidateCount } = endpoints;
    if (candidateCount === 0) return NO_ENDPOINT;
    let best = -1;
    let bestRank = 0;
    let usable = 0;
    for (let place = 0; place < this.#pool.size; place++) {
      const rank = this.#rankOf(place, endpoints, nowMs);
      if (rank < 0) continue;
      usable++;
      if (best >= 0 && (rank > bestRank || (rank === bestRank && !this.#isBetter(place, best, rank)))) continue;
      best = place;
      bestRank = rank;
    }
    return pickOf(usable < 2 ? candidates[rng.below(candidateCount)]! : this.#pool.endpoint[best]!);
  }

  probes(nowMs: Ms): readonly number[] {
    if (this.#wanted.length > 0 || this.#endpoints === 0 || nowMs - this.#answeredAtMs < this.#params.idleMs) {
      return this.#wanted;
    }
    const count = Math.min(Math.ceil(this.#params.probesPerRequest), this.#endpoints);
    const from = Math.floor(nowMs / this.#params.idleMs) * count; // others each time
    return Array.from({ length: count }, (_, index) => (from + index) % this.#endpoints);
  }

  observe(what: Observation, endpoints: EndpointTable): void {
    this.#endpoints = endpoints.size;
    this.#failures.observe(what);
    if (what.kind === 'began') this.#began(what.attempt.endpoint, endpoints, what.nowMs);
    if (what.kind !== 'probed') return;
    this.#wanted = this.#wanted.filter((endpoint) => endpoint !== what.endpoint);
    this.#answeredAtMs = what.nowMs;
    if (what.report === null) return;
    const inFlight = what.report.running + what.report.waiting;
    if (Number.isNaN(inFlight)) return; // another server's report
    this.#hotAbove.add(inFlight);
    this.#pool.add(what.endpoint, { inFlight, latencyMs: what.rttMs + nodeLatencyMs(what.report), atMs: what.nowMs });
  }

  /** 0 cold, 1 hot, 2 fails too often; -1 is of no use. */
  #rankOf(place: number, endpoints: EndpointTable, nowMs: Ms): number {
    const endpoint = this.#pool.endpoint[place]!;
    const isOld = nowMs - this.#pool.answeredAtMs[place]! > this.#params.maxAgeMs;
    if (isOld || endpoint >= endpoints.size || !endpoints.isCandidate(endpoint)) return -1;
    if (this.#failures.at(endpoint, nowMs) > this.#params.maxFailureShare) return 2;
    return this.#pool.inFlight[place]! > this.#hotAbove.value ? 1 : 0;
  }

  #isBetter(place: number, than: number, rank: number): boolean {
    const { inFlight, latencyMs } = this.#pool;
    return rank === 0 ? latencyMs[place]! < latencyMs[than]! : inFlight[place]! < inFlight[than]!;
  }

  #began(endpoint: number, endpoints: EndpointTable, nowMs: Ms): void {
    const { probesPerRequest, removedPerRequest, reuseDelta, poolSize, maxAgeMs } = this.#params;
    const uses = reuseBound({ probesPerRequest, removedPerRequest, reuseDelta, poolSize, endpoints: endpoints.size });
    this.#pool.dropBefore(nowMs - maxAgeMs);
    this.#pool.used(endpoint, { most: uses, requests: endpoints.nodes.crowding(endpoints.nodeOf[endpoint]!) });
    // Where the pool has room for all endpoints, answers leave by age alone: each is replaced by the next of its endpoint.
    if (endpoints.size > poolSize) this.#removalsDue += removedPerRequest;
    for (; this.#removalsDue >= 1; this.#removalsDue--) {
      if (this.#isOldestNext) this.#pool.dropOldest();
      else this.#pool.dropWorst(this.#hotAbove.value);
      this.#isOldestNext = !this.#isOldestNext;
    }
    this.#probesDue += probesPerRequest;
    const count = Math.floor(this.#probesDue);
    this.#probesDue -= count;
    this.#wanted = this.#drawn(Math.min(count, endpoints.size), endpoints);
  }

  /** Different available endpoints, each equally likely. */
  #drawn(count: number, { available, size }: EndpointTable): readonly number[] {
    const drawn: number[] = [];
    for (let tries = 0; drawn.length < count && tries < 8 * count; tries++) {
      const endpoint = this.#rng.below(size);
      if (available[endpoint] === 1 && !drawn.includes(endpoint)) drawn.push(endpoint);
    }
    return drawn;
  }
}

/** How often one answer may be used. */
export const reuseBound = (of: {
  readonly probesPerRequest: number;
  readonly removedPerRequest: number;
  readonly reuseDelta: number;
  readonly poolSize: number;
  readonly endpoints: number;
}): number => {
  const kept = (1 - Math.min(of.poolSize, of.endpoints) / of.endpoints) * of.probesPerRequest - of.removedPerRequest;
  return kept <= 0 ? Number.POSITIVE_INFINITY : Math.max(1, (1 + of.reuseDelta) / kept);
};

const nodeLatencyMs = ({ stepMs, pendingPromptTokens, prefillMsPerToken }: LoadReport): Ms =>
  1.5 * known(stepMs) + known(pendingPromptTokens) * known(prefillMsPerToken);

const known = (value: number): number => (Number.isNaN(value) ? 0 : value);

/** Over how many answers the quantile is taken. */
const ANSWERS = 128;
