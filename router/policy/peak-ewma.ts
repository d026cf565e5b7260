import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import { type PricedPolicy, pricedTogether } from '../pick/priced-policy.ts';

export const peakEwmaSchema = (z: Zod) =>
  z
    .strictObject({
      untriedMs: z
        .number()
        .positive()
        .default(5000)
        .describe('What an endpoint counts as that has work outstanding and no sample yet, in milliseconds.')
        .meta(tune({ from: 100, to: 20000 })),
    })
    .describe('The least peak-sensitive average of the time to the first message, times the work outstanding.')
    .meta(tune({ also: ['router.ewma.tauMs', 'router.ewma.failureMs'] }));

/**
 * The lowest E * (a + 1): E is the endpoint's peak-sensitive average of TTFT, a its outstanding requests. An endpoint
 * without a sample is free until it has work, and then counts as `untriedMs` (default 5000), so that each is tried
 * with one request and not with a flood. The decay (tau 10 s) and what a failure counts as are in `router.ewma`.
 *
 * E = 80 ms with 2 outstanding costs 240, E = 100 ms with 1 costs 200 and is picked.
 * Source: Finagle (Peak EWMA), linkerd2-proxy, which sample as here at the first message.
 */
export const peakEwma = ({ untriedMs }: Made<typeof peakEwmaSchema>): PricedPolicy =>
  pricedTogether('peak-ewma', (_request, { ewma, outstanding }, list, nowMs) => {
    const { endpoints, count, costMs, ttftMs } = list;
    ewma.allAt(endpoints, count, nowMs, ttftMs);
    for (let place = 0; place < count; place++) {
      const load = outstanding[endpoints[place]!]!;
      const latencyMs = ttftMs[place]!;
      if (!Number.isNaN(latencyMs)) costMs[place] = costMs[place]! + latencyMs * (load + 1);
      else if (load > 0) costMs[place] = costMs[place]! + untriedMs * (load + 1);
    }
  });
