import type { PriceOf } from './cheapest.ts';
import { pathToNode } from './path-to-node.ts';
import { pickOf } from './pick-of.ts';
import type { Policy } from './policy.ts';
import { type PricedExtras, pricedPolicy } from './priced-policy.ts';

/**
 * The policy of a cost of nodes that is no time, such as tokens or blocks: it is only compared, and the decision has no price. Of the paths
 * to the node the shortest is taken.
 */
export const nodePolicy = (name: string, costOf: PriceOf, extras: PricedExtras = {}): Policy => {
  const { pick } = pricedPolicy(name, costOf, extras);
  const { observe, probes } = extras;
  return {
    ...(observe && { observe }),
    ...(probes && { probes }),
    name,
    pick: (request, endpoints, nowMs, rng) => {
      const decision = pick(request, endpoints, nowMs, rng);
      if (decision.kind === 'reject') return decision;
      return pickOf(pathToNode(endpoints, endpoints.nodeOf[decision.endpoint]!, nowMs));
    },
  };
};
