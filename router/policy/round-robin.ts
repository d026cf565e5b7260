import { z } from 'zod';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const roundRobinSchema = z.strictObject({}).describe('Each endpoint in turn.');

/**
 * Each candidate in turn: the one at `totalPicks mod candidateCount`. The turn is a count in the table that the router
 * advances, so a pick changes nothing. No parameters.
 */
export const roundRobin = (): Policy => ({
  name: 'round-robin',
  pick: (_request, { candidates, candidateCount, totalPicks }) =>
    candidateCount === 0 ? NO_ENDPOINT : pickOf(candidates[totalPicks % candidateCount]!),
});
