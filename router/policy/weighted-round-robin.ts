import type { Zod } from '../../core/config/schema-maker.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';
import { Rotation } from '../pick/rotation.ts';

export const weightedRoundRobinSchema = (z: Zod) =>
  z.strictObject({}).describe('Each endpoint in turn, in proportion to its weight, evenly spaced.');

/**
 * Earliest deadline first: an endpoint of weight w is due every 1/w, the first time at U[0, 1/w], and the next turn is that of
 * the earliest. Weights 3 and 1 with U = 0.5 and 0.5 are due at 1/6, 1/2, 5/6 and at 1/2: the turns are a, a, b, a.
 *
 * No parameters: weights belong to the endpoints. A turn is an attempt. Source: gRFC A58.
 */
export const weightedRoundRobin = (): Policy => {
  const rotation = new Rotation();
  return {
    name: 'weighted-round-robin',
    pick: (_request, endpoints) =>
      endpoints.candidateCount === 0 ? NO_ENDPOINT : pickOf(rotation.next(endpoints, endpoints.weight)),
    observe: (what, endpoints) => {
      if (what.kind === 'began') rotation.took(what.attempt.endpoint, endpoints, endpoints.weight);
    },
  };
};
