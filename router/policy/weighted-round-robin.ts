import { z } from 'zod';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const weightedRoundRobinSchema = z
  .strictObject({})
  .describe('Each endpoint in turn, in proportion to its weight, evenly spaced.');

/**
 * Earliest deadline first: an endpoint of weight w is due every 1/w, the first time at U[0, 1/w], so that its n-th turn
 * (from 0) is at (U + n) / w, and the next turn is the earliest of all. Weights 3 and 1 with U = 0.5 and 0.5 are due at
 * 1/6, 1/2, 5/6 and at 1/2: the turns are a, a, b, a. No parameters: weights belong to the endpoints.
 * Source: gRFC A58; the count of turns is in the table, so a pick changes nothing.
 */
export const weightedRoundRobin = (): Policy => ({
  name: 'weighted-round-robin',
  pick: (_request, endpoints) => (endpoints.candidateCount === 0 ? NO_ENDPOINT : pickOf(earliest(endpoints))),
});

const earliest = ({ candidates, candidateCount, weight, phase, picks }: EndpointTable): number => {
  let best = candidates[0]!;
  let bestDeadline = Number.POSITIVE_INFINITY;
  for (let index = 0; index < candidateCount; index++) {
    const endpoint = candidates[index]!;
    const deadline = (phase[endpoint]! + picks[endpoint]!) / weight[endpoint]!;
    if (deadline < bestDeadline) {
      best = endpoint;
      bestDeadline = deadline;
    }
  }
  return best;
};
