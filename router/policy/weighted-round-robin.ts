import type { Zod } from '../../core/config/schema-maker.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const weightedRoundRobinSchema = (z: Zod) =>
  z.strictObject({}).describe('Each endpoint in turn, in proportion to its weight, evenly spaced.');

/**
 * Earliest deadline first: an endpoint of weight w is due every 1/w, the first time at U[0, 1/w], and the next turn is that of
 * the earliest. Weights 3 and 1 with U = 0.5 and 0.5 are due at 1/6, 1/2, 5/6 and at 1/2: the turns are a, a, b, a.
 *
 * Time is that of the latest turn. An endpoint that was unavailable for a while is due now when it is back, and then every
 * 1/w: it loses the turns that it missed, else it would be flooded. No parameters: weights belong to the endpoints.
 * Source: gRFC A58.
 */
export const weightedRoundRobin = (): Policy => {
  const turns: number[] = []; // by endpoint, from its first turn on: its next one is due at turns / weight
  let now = 0;
  const dueAt = ({ phase, weight }: EndpointTable, endpoint: number): number =>
    Math.max(now, (turns[endpoint] ?? phase[endpoint]!) / weight[endpoint]!);
  return {
    name: 'weighted-round-robin',
    pick: (_request, endpoints) => {
      const { candidates, candidateCount } = endpoints;
      if (candidateCount === 0) return NO_ENDPOINT;
      let best = candidates[0]!;
      for (let index = 1; index < candidateCount; index++) {
        const endpoint = candidates[index]!;
        if (dueAt(endpoints, endpoint) < dueAt(endpoints, best)) best = endpoint;
      }
      return pickOf(best);
    },
    observe: (what, endpoints) => {
      if (what.kind !== 'began') return;
      const { endpoint } = what.attempt;
      const turn = turns[endpoint] ?? endpoints.phase[endpoint]!;
      const weight = endpoints.weight[endpoint]!;
      turns[endpoint] = 1 + (turn / weight >= now ? turn : now * weight);
      now = Math.max(now, turn / weight);
    },
  };
};
