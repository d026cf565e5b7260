// Hot path: prices are written into objects that are made once, so that a pick makes no closure and no array.
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

/** Up to this many candidates all are compared; above, two random ones. A scan of 16 costs no more than the draws. */
export const FULL_SCAN_MAX = 16;

/**
 * The cheapest candidate, or the cheaper of two random ones where there are more than `FULL_SCAN_MAX`. There must be one. Each
 * candidate that is compared is priced once; the price of the result is left in `best`.
 */
export const cheapest = (
  priceOf: PriceOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
  best: Price,
): number =>
  endpoints.candidateCount <= FULL_SCAN_MAX
    ? cheapestOfAll(priceOf, request, endpoints, nowMs, rng, best)
    : cheaperOfPair(priceOf, request, endpoints, nowMs, rng, best);

/** The cheapest of all candidates; equals are drawn from evenly (reservoir sampling). */
export const cheapestOfAll = (
  priceOf: PriceOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
  best: Price,
): number => {
  const { candidates, candidateCount } = endpoints;
  let chosen = candidates[0]!;
  priceOf(request, endpoints, chosen, nowMs, best);
  let equals = 1;
  for (let index = 1; index < candidateCount; index++) {
    const endpoint = candidates[index]!;
    priceOf(request, endpoints, endpoint, nowMs, other);
    if (other.costMs > best.costMs) continue;
    equals = other.costMs < best.costMs ? 1 : equals + 1;
    if (equals !== 1 && rng.below(equals) !== 0) continue;
    chosen = endpoint;
    best.costMs = other.costMs;
    best.predictedMs = other.predictedMs;
  }
  return chosen;
};

/** The cheaper of two different candidates, each pair equally likely. There must be two. */
export const cheaperOfPair = (
  priceOf: PriceOf,
  request: RequestInfo,
  endpoints: EndpointTable,
  nowMs: Ms,
  rng: Rng,
  best: Price,
): number => {
  const { candidates, candidateCount } = endpoints;
  const first = rng.below(candidateCount);
  const drawn = rng.below(candidateCount - 1);
  const a = candidates[first]!;
  const b = candidates[drawn >= first ? drawn + 1 : drawn]!;
  priceOf(request, endpoints, b, nowMs, other);
  priceOf(request, endpoints, a, nowMs, best);
  if (other.costMs >= best.costMs) return a;
  best.costMs = other.costMs;
  best.predictedMs = other.predictedMs;
  return b;
};

/** The price of what `best` is compared with. */
const other: Price = { costMs: 0, predictedMs: 0 };
