import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RequestInfo } from '../request-info.ts';
import { cheapest, FULL_SCAN_MAX, type Price, type PriceOf } from './cheapest.ts';
import { NO_ENDPOINT } from './pick-of.ts';
import type { Pick, Policy } from './policy.ts';

/** A policy that takes the cheapest endpoint, and gives the cost of each in milliseconds. */
export interface PricedPolicy extends Policy {
  readonly priceOf: PriceOf;
  readonly favourite?: Favourite;
}

/** An endpoint to compare too where not all are compared, such as one with a warm cache; -1 for none. It must be a candidate. */
export type Favourite = (request: RequestInfo, endpoints: EndpointTable, nowMs: Ms) => number;

export const isPriced = (policy: Policy): policy is PricedPolicy => 'priceOf' in policy;

/** What a priced policy may have besides its price. */
export type PricedExtras = Partial<globalThis.Pick<PricedPolicy, 'observe' | 'probes' | 'favourite'>>;

/** The policy of a price: all candidates are compared up to 16, two random ones and the favourite above. Each is priced once. */
export const pricedPolicy = (name: string, priceOf: PriceOf, extras: PricedExtras = {}): PricedPolicy => {
  const { favourite } = extras;
  const picked: { -readonly [Key in keyof Pick]: Pick[Key] } = {
    kind: 'pick',
    endpoint: 0,
    costMs: Number.NaN,
    predictedMs: Number.NaN,
  };
  const third: Price = { costMs: 0, predictedMs: 0 };
  return {
    ...extras,
    name,
    priceOf,
    pick: (request, endpoints, nowMs, rng) => {
      if (endpoints.candidateCount === 0) return NO_ENDPOINT;
      picked.endpoint = cheapest(priceOf, request, endpoints, nowMs, rng, picked);
      if (favourite === undefined || endpoints.candidateCount <= FULL_SCAN_MAX) return picked;
      const warm = favourite(request, endpoints, nowMs);
      if (warm < 0 || warm === picked.endpoint) return picked;
      priceOf(request, endpoints, warm, nowMs, third);
      if (third.costMs < picked.costMs) {
        picked.endpoint = warm;
        picked.costMs = third.costMs;
        picked.predictedMs = third.predictedMs;
      }
      return picked;
    },
  };
};

/** What a policy that wraps a priced one passes on. */
export const extrasOf = ({ observe, probes, favourite }: PricedPolicy): PricedExtras => ({
  ...(observe && { observe }),
  ...(probes && { probes }),
  ...(favourite && { favourite }),
});
