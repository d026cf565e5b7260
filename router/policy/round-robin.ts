import type { Zod } from '../../core/config/schema-maker.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const roundRobinSchema = (z: Zod) => z.strictObject({}).describe('Each endpoint in turn.');

/**
 * Each candidate in turn: the one at `turn mod candidateCount`. A turn is a request, not an attempt. Counted by attempts, with
 * one dead endpoint whose requests are retried once, every first attempt could go to the dead one. No parameters.
 */
export const roundRobin = (): Policy => {
  let turn = 0;
  return {
    name: 'round-robin',
    pick: (_request, { candidates, candidateCount }) =>
      candidateCount === 0 ? NO_ENDPOINT : pickOf(candidates[turn % candidateCount]!),
    observe: (what) => {
      if (what.kind === 'began' && what.attempt.number === 1) turn++;
    },
  };
};
