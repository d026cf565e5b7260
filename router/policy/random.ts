import type { Zod } from '../../core/config/schema-maker.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Policy } from '../pick/policy.ts';

export const randomSchema = (z: Zod) => z.strictObject({}).describe('Any endpoint, each equally likely.');

/** Any candidate, each equally likely. No parameters. */
export const random = (): Policy => ({
  name: 'random',
  pick: (_request, { candidates, candidateCount }, _nowMs, rng) =>
    candidateCount === 0 ? NO_ENDPOINT : pickOf(candidates[rng.below(candidateCount)]!),
});
