import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { type CostOf, cheapest } from './cheapest.ts';
import { NO_ENDPOINT, pickOf } from './pick-of.ts';
import type { Policy, RequestInfo } from './policy.ts';

/** A policy that takes the cheapest endpoint, and says in milliseconds what it costs. */
export interface PricedPolicy extends Policy {
  costMs(request: RequestInfo, endpoints: EndpointTable, endpoint: number, nowMs: Ms): Ms;
  /**
   * The TTFT that it would expect had it learnt nothing from past errors. The router measures those errors against
   * it and keeps them in the table's `residual`.
   */
  predictedMs?(request: RequestInfo, endpoints: EndpointTable, endpoint: number, nowMs: Ms): Ms;
}

export const isPriced = (policy: Policy): policy is PricedPolicy => 'costMs' in policy;

/** The policy of a cost: all candidates are compared up to 16, a pair drawn by chance above. */
export const pricedPolicy = (name: string, costMs: CostOf, predictedMs?: CostOf): PricedPolicy => ({
  name,
  costMs,
  ...(predictedMs === undefined ? {} : { predictedMs }),
  pick: (request, endpoints, nowMs, rng) =>
    endpoints.candidateCount === 0 ? NO_ENDPOINT : pickOf(cheapest(costMs, request, endpoints, nowMs, rng)),
});
