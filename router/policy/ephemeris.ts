import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { AnswerTokens } from '../pick/answer-tokens.ts';
import { CachedPrompts, indexBlocksSchema } from '../pick/cached-prompts.ts';
import { allNodeMs } from '../pick/node-ms.ts';
import { objectivesFor, ownObjectives, type ServiceObjectives, USUAL_OBJECTIVES } from '../pick/objectives.ts';
import { addAllPathMs } from '../pick/path-ms.ts';
import type { PriceList } from '../pick/price-list.ts';
import { type PricedPolicy, pricedTogether } from '../pick/priced-policy.ts';
import { SloCosts } from '../pick/slo-costs.ts';
import type { RequestInfo } from '../request-info.ts';

export const ephemerisSchema = (z: Zod) =>
  z
    .strictObject({
      objective: z
        .enum(['ttft', 'e2e', 'slo'])
        .default('slo')
        .describe(
          'What is made small: the time to the first token, the time to the last one, or the share of requests that miss an objective of their class.',
        ),
      without: z
        .array(z.enum(['interruptions', 'residual', 'prefix', 'neighbours']))
        .default([])
        .describe('Terms to leave out, to see what each is worth.'),
      handoverMs: z
        .number()
        .nonnegative()
        .default(100)
        .describe(
          'What a slot boundary before the first token costs where the paths are not known ahead, in milliseconds.',
        )
        .meta(tune({ from: 0, to: 500 })),
      lossMs: z
        .number()
        .nonnegative()
        .default(250)
        .describe(
          'What the loss of a prompt or of a first token in an interruption costs beside a round trip, in milliseconds.',
        )
        .meta(tune({ from: 0, to: 1000 })),
      guardMs: z
        .number()
        .nonnegative()
        .default(50)
        .describe('How far true interruptions stray from the forecast, in milliseconds.')
        .meta(tune({ from: 0, to: 200 })),
      prefillMsPerToken: z
        .number()
        .positive()
        .default(0.1)
        .describe('Time a prompt token takes on a node that has not reported its own, in milliseconds.')
        .meta(tune({ from: 0.01, to: 1 })),
      stepMs: z
        .number()
        .positive()
        .default(10)
        .describe('Time a token of an answer takes on a node that has not reported its own, in milliseconds.')
        .meta(tune({ from: 1, to: 100 })),
      neighbourShare: z
        .number()
        .nonnegative()
        .default(0.5)
        .describe('Objective e2e: what a delay of the answers that are already there counts beside one of its own.')
        .meta(tune({ from: 0, to: 2 })),
      missMs: z
        .number()
        .positive()
        .default(3000)
        .describe('Objective slo: what a request that misses its objectives for certain costs, in milliseconds.')
        .meta(tune({ from: 100, to: 30000 })),
      spread: z
        .number()
        .positive()
        .default(0.3)
        .describe('Objective slo: how far predictions stray, as a share of the objective.')
        .meta(tune({ from: 0.03, to: 3 })),
      indexBlocks: indexBlocksSchema(z),
    })
    .describe('The forecast path, the predicted node and the learnt error, in milliseconds: our own.')
    .meta(tune({ also: ['router.residual.tauMs', 'router.residual.baselineTauMs'] }));

/**
 * Ours. It predicts the TTFT of each endpoint in milliseconds, a sum of terms that each have a meaning of their own,
 *
 *     T = path (`pathMs`): forecast round trips, and what interruptions at the start of slots cost
 *       + node (`nodeMs`): queue and prefill from its latest report and what was sent there since, less what it has cached
 *       + residual: the recent error of these predictions here, void for the network at a hand-over
 *
 * and chooses by the `objective`:
 *
 *     ttft   T
 *     e2e    T + n * step + neighbourShare * running * prefill
 *     slo    missMs * (1 - P(T <= ttftMs) * P(step <= tpotMs)) + T
 *
 * n is the length of answers that was learnt for the class, `step` the duration of a step that the node reports: the time of a token.
 * `running * prefill` is how long the prompt holds up the answers that the node already gives. P is
 * `chanceWithin`, and the bounds are those of the class, or those that the request
 * itself says (`x-slo-ttft-ms`, `x-slo-tpot-ms`); no bound of the first token is later than its client's deadline. `lossMs` 250 is the least retransmission time-out of Linux (200 ms) and a tail-loss probe's share.
 *
 * Round trip 60 ms, T 100 ms, step 8 ms, n 100: 100 for `ttft`, 900 for `e2e`. Which terms earn their place: benchmarks/ephemeris.
 */
export const ephemeris = (
  params: Made<typeof ephemerisSchema>,
  { objectives = USUAL_OBJECTIVES }: { readonly objectives?: ServiceObjectives | undefined } = {},
): PricedPolicy => {
  const { objective, without, prefillMsPerToken, missMs, spread } = params;
  const countsResidual = !without.includes('residual');
  const countsPrefix = !without.includes('prefix');
  const neighbourShare = without.includes('neighbours') ? 0 : params.neighbourShare;
  const e2e = { usualStepMs: params.stepMs, neighbourShare };
  const path = { ...params, countsInterruptions: !without.includes('interruptions') };
  const answers = new AnswerTokens();
  const prompts = new CachedPrompts(params.indexBlocks);
  const own = { ttftMs: 0, tpotMs: 0 }; // filled for a request that says what it accepts
  const sloCosts = new SloCosts({ missMs, spread, stepMs: params.stepMs });
  const addSlo = (request: RequestInfo, { nodes }: EndpointTable, list: PriceList): void => {
    const bounds = ownObjectives(objectivesFor(objectives, request), request, own);
    sloCosts.add(nodes, list, bounds, request.sloTpotMs > 0);
  };
  return pricedTogether(
    'ephemeris',
    (request, endpoints, list, nowMs) => {
      const { count, promptTokens, predictedMs, ttftMs } = list;
      if (countsPrefix) prompts.allUncachedTokens(request, list);
      else for (let place = 0; place < count; place++) promptTokens[place] = request.promptTokens;
      allNodeMs(endpoints.nodes, list, nowMs, prefillMsPerToken);
      addAllPathMs(endpoints, list, nowMs, path);
      if (countsResidual) endpoints.residual.addTo(predictedMs, list.endpoints, count, nowMs, ttftMs);
      else for (let place = 0; place < count; place++) ttftMs[place] = predictedMs[place]!;
      if (objective === 'slo') addSlo(request, endpoints, list);
      else if (objective === 'ttft') addTtft(list);
      else addE2e(endpoints, list, answers.expected(request), e2e);
    },
    {
      favourite: (request, endpoints, nowMs) => (countsPrefix ? prompts.favourite(request, endpoints, nowMs) : -1),
      observe: (what, endpoints) => {
        answers.observe(what);
        if (countsPrefix) prompts.observe(what, endpoints);
      },
    },
  );
};

const addTtft = ({ costMs, ttftMs, count }: PriceList): void => {
  for (let place = 0; place < count; place++) costMs[place] = costMs[place]! + ttftMs[place]!;
};

/** `tokens` are those that the answer is expected to have, `usualStepMs` the step of a node that has not reported its own. */
const addE2e = (
  { nodes }: EndpointTable,
  { nodes: rows, costMs, ttftMs, promptTokens, count }: PriceList,
  tokens: number,
  { usualStepMs, neighbourShare }: { readonly usualStepMs: number; readonly neighbourShare: number },
): void => {
  for (let place = 0; place < count; place++) {
    const node = rows[place]!;
    const reportedMs = nodes.stepMs[node]!;
    const stepMs = reportedMs > 0 ? reportedMs : usualStepMs;
    const heldUpMs = nodes.running[node]! * promptTokens[place]! * nodes.prefillMsPerToken[node]!;
    costMs[place] = costMs[place]! + (ttftMs[place]! + tokens * stepMs + neighbourShare * heldUpMs);
  }
};
