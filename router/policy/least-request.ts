import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { leastRequestShare } from '../pick/least-request-share.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';
import { leastOf } from '../pick/price-list.ts';

export const leastRequestSchema = (z: Zod) =>
  z
    .strictObject({
      choices: z
        .union([z.literal('all'), z.int().min(1)])
        .default(2)
        .describe('How many endpoints are drawn and compared, with replacement; "all" compares every one.')
        .meta(tune({ values: [2, 3, 4, 8, 'all'] })),
      bias: z
        .number()
        .nonnegative()
        .default(1)
        .describe('How much outstanding requests count against weight: 0 ignores them, above 1 avoids them harder.')
        .meta(tune({ from: 0, to: 4 })),
    })
    .describe('The endpoint with the fewest outstanding requests for its weight.');

/**
 * The fewest outstanding requests for the weight, of `choices` endpoints drawn with replacement (default 2) or of all:
 * the largest w / (a + 1)^bias (default bias 1; w = 2 and a = 4 give 0.4).
 * Source: Envoy, least request; M. Mitzenmacher, The Power of Two Choices, 2001.
 */
export const leastRequest = ({ choices, bias }: Made<typeof leastRequestSchema>): Policy => {
  const shareOf = ({ outstanding, weight }: EndpointTable, endpoint: number): number =>
    leastRequestShare(weight[endpoint]!, outstanding[endpoint]!, bias);
  let costs = new Float64Array(0); // by place; made once, for as many as there are
  const leastOfAll = (endpoints: EndpointTable, rng: Rng): number => {
    const { candidates, candidateCount } = endpoints;
    if (costs.length < candidateCount) costs = new Float64Array(endpoints.size);
    for (let place = 0; place < candidateCount; place++) costs[place] = -shareOf(endpoints, candidates[place]!);
    return candidates[leastOf(costs, candidateCount, rng)]!;
  };
  return {
    name: 'least-request',
    pick: (_request, endpoints, _nowMs, rng) => {
      if (endpoints.candidateCount === 0) return NO_ENDPOINT;
      if (choices === 'all') return pickOf(leastOfAll(endpoints, rng));
      let best = draw(endpoints, rng);
      let bestShare = shareOf(endpoints, best);
      for (let drawn = 1; drawn < choices; drawn++) {
        const other = draw(endpoints, rng);
        const share = shareOf(endpoints, other);
        if (share <= bestShare) continue;
        best = other;
        bestShare = share;
      }
      return pickOf(best);
    },
  };
};

const draw = ({ candidates, candidateCount }: EndpointTable, rng: Rng): number =>
  candidates[rng.below(candidateCount)]!;
