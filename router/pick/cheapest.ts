// Hot path: costs are plain functions of their arguments, so that a pick makes no closure and no array.
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RequestInfo } from './policy.ts';

/** The cost of an endpoint for a request; lower is better. */
export type CostOf = (request: RequestInfo, endpoints: EndpointTable, endpoint: number, nowMs: Ms) => number;

/** Up to this many candidates all are compared; above, two by chance. A scan of 16 costs no more than the draws. */
const FULL_SCAN_MAX = 16;

/** The cheapest candidate, or the cheaper of two drawn where there are more than `FULL_SCAN_MAX`. There must be one. */
export const cheapest = (
  costOf: CostOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
): number =>
  endpoints.candidateCount <= FULL_SCAN_MAX
    ? cheapestOfAll(costOf, request, endpoints, nowMs, rng)
    : cheaperOfPair(costOf, request, endpoints, nowMs, rng);

/** The cheapest of all candidates; equals are drawn from evenly (reservoir sampling). */
export const cheapestOfAll = (
  costOf: CostOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
): number => {
  const { candidates, candidateCount } = endpoints;
  let best = candidates[0]!;
  let bestCost = costOf(request, endpoints, best, nowMs);
  let equals = 1;
  for (let index = 1; index < candidateCount; index++) {
    const endpoint = candidates[index]!;
    const cost = costOf(request, endpoints, endpoint, nowMs);
    if (cost > bestCost) continue;
    equals = cost < bestCost ? 1 : equals + 1;
    bestCost = cost;
    if (equals === 1 || rng.below(equals) === 0) best = endpoint;
  }
  return best;
};

/** The cheaper of two different candidates, each pair equally likely. There must be two. */
export const cheaperOfPair = (
  costOf: CostOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
): number => {
  const { candidates, candidateCount } = endpoints;
  const first = rng.below(candidateCount);
  const drawn = rng.below(candidateCount - 1);
  const a = candidates[first]!;
  const b = candidates[drawn >= first ? drawn + 1 : drawn]!;
  return costOf(request, endpoints, b, nowMs) < costOf(request, endpoints, a, nowMs) ? b : a;
};
