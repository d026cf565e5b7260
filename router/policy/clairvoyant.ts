import { ConfigError } from '../../core/config/config-error.ts';
import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { type PricedPolicy, pricedPolicy } from '../pick/priced-policy.ts';
import type { Truth } from './oracle.ts';

export const clairvoyantSchema = (z: Zod) =>
  z
    .strictObject({
      objective: z
        .enum(['ttft', 'e2e', 'slo'])
        .default('ttft')
        .describe(
          'What it bounds: the time to the first token, the time to the last one, or the share of requests that miss an objective of their class.',
        ),
    })
    .describe('The endpoint that truly costs all the least, for this request and for those that it delays.');

/**
 * A bound, the best that we know how to do, and no proof: the least, by `objective`,
 *
 *     ttft   TTFT of the request there + what it adds to the TTFT of requests that are on their way there and come behind it
 *     e2e    E2E of the request there + what it adds to the E2E of all answers that are there or on their way
 *     slo    10^6 for each request, this one included, that misses an objective because of it, + 1000 * (the share of its TTFT and TPOT objectives
 *            that it uses up + what it adds to these shares of all others), so that of two that miss as many the one with more in hand is taken
 *
 * with true links, caches and queues, the true lengths of all answers, and every prompt that is on its way from any router. All is
 * forecast by the engine itself, step by step on a copy, without noise and without requests that are not sent yet. A policy that beats
 * it was lucky with noise, losses, or requests to come: a report that shows one says so. It bounds the metric of its objective and no other.
 */
export const clairvoyant = (
  { objective }: Made<typeof clairvoyantSchema>,
  { truth }: { readonly truth?: Truth | undefined },
): PricedPolicy => {
  if (truth === undefined) throw new ConfigError('policy', 'is clairvoyant, which exists only in a simulation');
  return pricedPolicy('clairvoyant', (request, _endpoints, endpoint, nowMs, price) => {
    price.costMs = truth.costToAllMs(endpoint, request, nowMs, objective);
    price.predictedMs = Number.NaN;
  });
};
