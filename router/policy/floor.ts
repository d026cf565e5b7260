import { ConfigError } from '../../core/config/config-error.ts';
import type { Zod } from '../../core/config/schema-maker.ts';
import { type PricedPolicy, pricedPolicy } from '../pick/priced-policy.ts';
import type { Truth } from './oracle.ts';

export const floorSchema = (z: Zod) =>
  z.strictObject({}).describe('The least time that each request can take, alone in the system: nothing beats it.');

/**
 * A bound, not a policy: of each request the least TTFT and the least E2E over all endpoints, as if it were alone in the system, with true
 * links, unlimited windows, nothing lost, the least jitter and step noise, and everything cached that it shares with others. No policy can be
 * below it on any request. A run of it computes these times (`hosts/simulate/floor-calls.ts`); where one asks it for a pick, it is the
 * endpoint with the least TTFT of that kind. No parameters.
 */
export const floor = (_params: object, { truth }: { readonly truth?: Truth | undefined }): PricedPolicy => {
  if (truth === undefined) throw new ConfigError('policy', 'is floor, which exists only in a simulation');
  return pricedPolicy('floor', (request, _endpoints, endpoint, nowMs, price) => {
    price.costMs = truth.floorMs(endpoint, request, nowMs);
    price.predictedMs = Number.NaN;
  });
};
