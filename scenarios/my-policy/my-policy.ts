import type { Made, Zod } from '../../core/config/schema-maker.ts';
import type { OwnPolicyTools } from '../../router/pick/own-policy.ts';
import type { Policy } from '../../router/pick/policy.ts';

// A policy of your own: copy this folder, change the price, and run
//
//     starlane simulate scenarios/my-policy/my-policy.yaml --policy mine,ephemeris
//
// `npx tsc` checks it against the types of the router. It may import types only: what it needs while it runs is given to `create`.
// router/POLICIES.md says what a policy may know and do.

/** The parameters, with defaults: what a scenario may write beside `use`. */
export const schema = (z: Zod) =>
  z.strictObject({
    msPerOpenRequest: z
      .number()
      .nonnegative()
      .default(15)
      .describe('What each open request at the node costs.')
      .meta({ tune: { from: 0, to: 200 } }), // where `starlane tune` looks for a better value
    prefillMsPerToken: z.number().positive().default(0.1).describe('For a node that has not reported its own.'),
  });

/** The cheapest endpoint, in milliseconds: the way there and back, what the prompt takes there, and a queue of open requests. */
export const create = (params: Made<typeof schema>, { pricedPolicy }: OwnPolicyTools): Policy =>
  pricedPolicy('my-policy', (request, endpoints, endpoint, nowMs, price) => {
    const { forecast, nodeOf, nodes, nodeOutstanding } = endpoints;
    const node = nodeOf[endpoint]!;
    const rttMs = forecast.rttMsAt(endpoint, nowMs, nowMs); // NaN where the router knows nothing of the path
    const perTokenMs = nodes.prefillMsPerToken[node]! || params.prefillMsPerToken; // 0 before the first report
    price.predictedMs = (Number.isNaN(rttMs) ? 0 : rttMs) + request.promptTokens * perTokenMs;
    price.costMs = price.predictedMs + nodeOutstanding[node]! * params.msPerOpenRequest;
  });
