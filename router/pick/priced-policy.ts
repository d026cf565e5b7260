import { cheapest, type PriceOf } from './cheapest.ts';
import { NO_ENDPOINT } from './pick-of.ts';
import type { Pick, Policy } from './policy.ts';

/** A policy that takes the cheapest endpoint, and gives the cost of each in milliseconds. */
export interface PricedPolicy extends Policy {
  readonly priceOf: PriceOf;
}

export const isPriced = (policy: Policy): policy is PricedPolicy => 'priceOf' in policy;

/** The policy of a price: all candidates are compared up to 16, two random ones above. Each is priced once. */
export const pricedPolicy = (name: string, priceOf: PriceOf): PricedPolicy => {
  const picked: { -readonly [Key in keyof Pick]: Pick[Key] } = {
    kind: 'pick',
    endpoint: 0,
    costMs: Number.NaN,
    predictedMs: Number.NaN,
  };
  return {
    name,
    priceOf,
    pick: (request, endpoints, nowMs, rng) => {
      if (endpoints.candidateCount === 0) return NO_ENDPOINT;
      picked.endpoint = cheapest(priceOf, request, endpoints, nowMs, rng, picked);
      return picked;
    },
  };
};
