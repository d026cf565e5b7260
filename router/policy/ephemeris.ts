import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { networkMs, nodeMs } from '../pick/costs.ts';
import { type PricedPolicy, pricedPolicy } from '../pick/priced-policy.ts';

export const ephemerisSchema = (z: Zod) =>
  z
    .strictObject({
      handoverMs: z
        .number()
        .nonnegative()
        .default(100)
        .describe('What it costs when a slot boundary falls before the first token, in milliseconds.'),
      prefillMsPerToken: z
        .number()
        .positive()
        .default(0.1)
        .describe('Time a prompt token takes on a node that has not reported its own, in milliseconds.'),
    })
    .describe('The lowest expected time to the first token: forecast path, predicted queue and prefill, learnt error.');

/**
 * Ours: the lowest expected TTFT in milliseconds, a sum of terms that each have a meaning of their own,
 *
 *     forecast round trip (and the price of a hand-over that comes before the first token)
 *     + queue and prefill predicted from the node's latest report and what was sent there since
 *     + residual: the recent error of these predictions here, void for the network at a hand-over
 *
 * `handoverMs` 100 is half of the loss burst of a boundary (0.1-0.2 s) plus the first retransmission time-outs.
 */
export const ephemeris = (params: Made<typeof ephemerisSchema>): PricedPolicy => {
  const { handoverMs, prefillMsPerToken } = params;
  return pricedPolicy('ephemeris', ({ promptTokens }, endpoints, endpoint, nowMs, price) => {
    const { nodes, nodeOf, forecast, residual } = endpoints;
    const serviceMs = nodeMs(nodes, nodeOf[endpoint]!, nowMs, { promptTokens, prefillMsPerToken });
    price.predictedMs = networkMs(forecast, endpoint, nowMs, { serviceMs, handoverMs }) + serviceMs;
    price.costMs = price.predictedMs + residual.at(endpoint, nowMs, endpoints.handoverSinceSample(endpoint));
  });
};
