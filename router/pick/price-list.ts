import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RequestInfo } from '../request-info.ts';

/** The cost of an endpoint for a request; lower is better. Both in milliseconds, see `Pick`. */
export interface Price {
  costMs: Ms;
  predictedMs: Ms;
}

/** Writes the price of an endpoint for a request into `price`: both fields. */
export type PriceOf = (
  request: RequestInfo,
  endpoints: EndpointTable,
  endpoint: number,
  nowMs: Ms,
  price: Price,
) => void;

/**
 * Prices the endpoints of `list` together. It adds to each `costMs`, which may hold what else the endpoint costs, and sets each
 * `predictedMs` where it predicts. Only the least sum has to be exact: another may be anything above it, so that what cannot be the cheapest needs no price.
 */
export type PricesOf = (request: RequestInfo, endpoints: EndpointTable, list: PriceList, nowMs: Ms) => void;

/** Up to this many candidates all are compared; above, two random ones. A scan of 16 costs no more than the draws. */
export const FULL_SCAN_MAX = 16;

/**
 * Endpoints that are compared, and their prices by place. Hot path: it is made once for a policy, and numbers pass from term to term
 * in typed arrays, because a function that returns one may allocate it.
 */
export class PriceList {
  /** In the first `count` places; the array of the table's candidates where all are compared. */
  endpoints: Uint32Array = new Uint32Array(0);
  count = 0;
  /** The row of the node of each. */
  readonly nodes = new Uint32Array(FULL_SCAN_MAX);
  readonly costMs = new Float64Array(FULL_SCAN_MAX);
  /** NaN where nothing writes it: a policy that predicts nothing leaves it alone. */
  readonly predictedMs = new Float64Array(FULL_SCAN_MAX).fill(Number.NaN);
  /** For terms: the tokens of the prompt that the node has to compute, and the TTFT to expect, with learnt errors. */
  readonly promptTokens = new Float64Array(FULL_SCAN_MAX);
  readonly ttftMs = new Float64Array(FULL_SCAN_MAX);
  /** The number of the table's list of candidates where all of that are compared; -1 else. */
  candidateList = -1;
  #table: EndpointTable | null = null;

  /** Begins a comparison of all candidates, at most `FULL_SCAN_MAX`: nothing costs anything yet. */
  beginAll(table: EndpointTable): void {
    if (table !== this.#table || table.candidateList !== this.candidateList) {
      this.begin(table, table.candidates, table.candidateCount);
      this.candidateList = table.candidateList;
      this.#table = table;
      return;
    }
    const { costMs, count } = this;
    for (let place = 0; place < count; place++) costMs[place] = 0;
  }

  /** Begins a comparison of the first `count` of `endpoints`. */
  begin({ nodeOf }: EndpointTable, endpoints: Uint32Array, count: number): void {
    this.endpoints = endpoints;
    this.count = count;
    this.candidateList = -1;
    const { costMs, nodes } = this;
    for (let place = 0; place < count; place++) {
      nodes[place] = nodeOf[endpoints[place]!]!;
      costMs[place] = 0;
    }
  }
}

/** The place of the least of the first `count`; equals are drawn from evenly (reservoir sampling). */
export const leastOf = (costs: Float64Array, count: number, rng: Rng): number => {
  let best = 0;
  let bestCost = costs[0]!;
  let equals = 1;
  for (let place = 1; place < count; place++) {
    const cost = costs[place]!;
    if (cost > bestCost) continue;
    equals = cost < bestCost ? 1 : equals + 1;
    if (equals !== 1 && rng.below(equals) !== 0) continue;
    best = place;
    bestCost = cost;
  }
  return best;
};

/** The place of the least of the first `count`; of equals the first. */
export const firstLeastOf = (costs: Float64Array, count: number): number => {
  let best = 0;
  for (let place = 1; place < count; place++) if (costs[place]! < costs[best]!) best = place;
  return best;
};

/** Writes two different candidates into the first places of `into`, each pair equally likely. There must be two. */
export const drawPair = ({ candidates, candidateCount }: EndpointTable, rng: Rng, into: Uint32Array): void => {
  const first = rng.below(candidateCount);
  const drawn = rng.below(candidateCount - 1);
  into[0] = candidates[first]!;
  into[1] = candidates[drawn >= first ? drawn + 1 : drawn]!;
};
