import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RequestInfo } from '../request-info.ts';
import { NO_ENDPOINT } from './pick-of.ts';
import type { Pick, Policy } from './policy.ts';
import {
  drawPair,
  FULL_SCAN_MAX,
  firstLeastOf,
  leastOf,
  type Price,
  PriceList,
  type PriceOf,
  type PricesOf,
} from './price-list.ts';

/** A policy that takes the cheapest endpoint, and gives the cost of each in milliseconds. */
export interface PricedPolicy extends Policy {
  readonly priceOf: PriceOf;
  /** The same of several endpoints at once; a pick calls it once. */
  readonly pricesOf: PricesOf;
  readonly favourite?: Favourite;
}

/** An endpoint to compare too where not all are compared, such as one with a warm cache; -1 for none. It must be a candidate. */
export type Favourite = (request: RequestInfo, endpoints: EndpointTable, nowMs: Ms) => number;

export const isPriced = (policy: Policy): policy is PricedPolicy => 'priceOf' in policy;

/** What a priced policy may have besides its price. */
export type PricedExtras = Partial<globalThis.Pick<PricedPolicy, 'observe' | 'probes' | 'favourite'>>;

/** The policy of a price: all candidates are compared up to 16, two random ones and the favourite above. Each is priced once. */
export const pricedPolicy = (name: string, priceOf: PriceOf, extras: PricedExtras = {}): PricedPolicy =>
  pricedTogether(name, oneByOne(priceOf), extras);

/** The same of prices that are computed together, which takes less time: term by term, each in one loop over the endpoints. */
export const pricedTogether = (name: string, pricesOf: PricesOf, extras: PricedExtras = {}): PricedPolicy => {
  const { favourite } = extras;
  const picked: { -readonly [Key in keyof Pick]: Pick[Key] } = {
    kind: 'pick',
    endpoint: 0,
    costMs: Number.NaN,
    predictedMs: Number.NaN,
  };
  const list = new PriceList();
  const drawn = new Uint32Array(3);
  return {
    ...extras,
    name,
    pricesOf,
    priceOf: oneOf(pricesOf),
    pick: (request, endpoints, nowMs, rng) => {
      const { candidateCount } = endpoints;
      if (candidateCount === 0) return NO_ENDPOINT;
      if (candidateCount <= FULL_SCAN_MAX) list.beginAll(endpoints);
      else {
        drawPair(endpoints, rng, drawn);
        const warm = favourite === undefined ? -1 : favourite(request, endpoints, nowMs);
        const isThird = warm >= 0 && warm !== drawn[0] && warm !== drawn[1];
        if (isThird) drawn[2] = warm;
        list.begin(endpoints, drawn, isThird ? 3 : 2);
      }
      pricesOf(request, endpoints, list, nowMs);
      const { costMs, count } = list;
      const place = candidateCount <= FULL_SCAN_MAX ? leastOf(costMs, count, rng) : firstLeastOf(costMs, count);
      picked.endpoint = list.endpoints[place]!;
      picked.costMs = costMs[place]!;
      picked.predictedMs = list.predictedMs[place]!;
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

const oneByOne = (priceOf: PriceOf): PricesOf => {
  const price: Price = { costMs: 0, predictedMs: 0 };
  return (request, endpoints, list, nowMs) => {
    for (let place = 0; place < list.count; place++) {
      priceOf(request, endpoints, list.endpoints[place]!, nowMs, price);
      list.costMs[place] = list.costMs[place]! + price.costMs;
      list.predictedMs[place] = price.predictedMs;
    }
  };
};

/** The price of one: the least of a list of one, so it is exact. */
const oneOf = (pricesOf: PricesOf): PriceOf => {
  const list = new PriceList();
  const alone = new Uint32Array(1);
  return (request, endpoints, endpoint, nowMs, price) => {
    alone[0] = endpoint;
    list.begin(endpoints, alone, 1);
    pricesOf(request, endpoints, list, nowMs);
    price.costMs = list.costMs[0]!;
    price.predictedMs = list.predictedMs[0]!;
  };
};
