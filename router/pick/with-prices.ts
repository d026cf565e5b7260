import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { extrasOf, type PricedPolicy, pricedTogether } from './priced-policy.ts';

export const pricesSchema = (z: Zod) => {
  const worth = z.number().nonnegative().max(1e6).default(0);
  return z
    .strictObject({
      msPerUsdPerMillionTokens: worth.describe('How much later a first token may be for an answer 1 USD cheaper.'),
      msPerGramCo2PerMillionTokens: worth.describe('How much later it may be for a gram less.'),
      msAtNoHeadroom: worth.describe(
        'What a node at its power cap costs; none at full headroom, in proportion between.',
      ),
    })
    .describe('What policies that price endpoints add for money, carbon and power, in milliseconds.');
};

export type Prices = Made<typeof pricesSchema>;

/**
 * The policy with the prices of an endpoint added to its costs. They are not part of its predictions, so errors of
 * predictions are learnt as before. Returns the same policy where all worths are 0.
 */
export const withPrices = (policy: PricedPolicy, prices: Prices): PricedPolicy =>
  Object.values(prices).every((ms) => ms === 0)
    ? policy
    : pricedTogether(
        policy.name,
        (request, endpoints, list, nowMs) => {
          for (let place = 0; place < list.count; place++) {
            list.costMs[place] = list.costMs[place]! + priceMs(endpoints, list.endpoints[place]!, prices);
          }
          policy.pricesOf(request, endpoints, list, nowMs); // they come second: what cannot be the least with them is not priced
        },
        extrasOf(policy),
      );

/** The last prices that the node reported, or those of the scenario before that; unknown prices cost nothing. */
const priceMs = (endpoints: EndpointTable, endpoint: number, prices: Prices): number => {
  const { nodes } = endpoints;
  const node = endpoints.nodeOf[endpoint]!;
  const usd = known(nodes.usdPerMillionTokens[node]!, endpoints.usdPerMillionTokens[endpoint]!);
  const grams = known(nodes.gCo2PerMillionTokens[node]!, endpoints.gCo2PerMillionTokens[endpoint]!);
  return (
    usd * prices.msPerUsdPerMillionTokens +
    grams * prices.msPerGramCo2PerMillionTokens +
    (1 - known(nodes.headroom[node]!, 1)) * prices.msAtNoHeadroom
  );
};

const known = (said: number, assumed: number): number => {
  if (!Number.isNaN(said)) return said;
  return Number.isNaN(assumed) ? 0 : assumed;
};
