import { pathToNode } from './path-to-node.ts';
import { pickOf } from './pick-of.ts';
import type { Policy } from './policy.ts';
import type { PriceOf, PricesOf } from './price-list.ts';
import { type PricedExtras, type PricedPolicy, pricedPolicy, pricedTogether } from './priced-policy.ts';

/**
 * The policy of a cost of nodes that is no time, such as tokens or blocks: it is only compared, and the decision has no price. Of the paths
 * to the node the shortest is taken.
 */
export const nodePolicy = (name: string, costOf: PriceOf, extras: PricedExtras = {}): Policy =>
  ofNodes(pricedPolicy(name, costOf, extras));

/** The same of costs that are computed together. */
export const nodePolicyTogether = (name: string, costsOf: PricesOf, extras: PricedExtras = {}): Policy =>
  ofNodes(pricedTogether(name, costsOf, extras));

const ofNodes = ({ name, pick, observe, probes }: PricedPolicy): Policy => ({
  ...(observe && { observe }),
  ...(probes && { probes }),
  name,
  pick: (request, endpoints, nowMs, rng) => {
    const decision = pick(request, endpoints, nowMs, rng);
    if (decision.kind === 'reject') return decision;
    return pickOf(pathToNode(endpoints, endpoints.nodeOf[decision.endpoint]!, nowMs));
  },
});
