import { ConfigError } from '../../core/config/config-error.ts';
import type { Zod } from '../../core/config/schema-maker.ts';
import { type PricedPolicy, pricedPolicy } from '../pick/priced-policy.ts';
import type { Truth } from './oracle.ts';

export const clairvoyantSchema = (z: Zod) =>
  z
    .strictObject({})
    .describe('The endpoint that truly costs all the least, for this request and for those that it delays.');

/**
 * A bound, the best that we know how to do, and no proof: the least
 *
 *     TTFT of the request there + what it adds to the TTFT of requests that are on their way there and come behind it
 *
 * with true links, caches and queues, the true lengths of all answers, and every prompt that is on its way from any router. Both are
 * forecast by the engine itself, step by step on a copy, without noise and without requests that are not sent yet. A policy that beats
 * it was lucky with noise, losses, or requests to come: a report that shows one says so. No parameters.
 */
export const clairvoyant = (_params: object, { truth }: { readonly truth?: Truth | undefined }): PricedPolicy => {
  if (truth === undefined) throw new ConfigError('policy', 'is clairvoyant, which exists only in a simulation');
  return pricedPolicy('clairvoyant', (request, _endpoints, endpoint, nowMs, price) => {
    price.costMs = truth.costToAllMs(endpoint, request, nowMs);
    price.predictedMs = Number.NaN;
  });
};
