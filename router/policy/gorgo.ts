import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import { CachedPrompts, indexBlocksSchema } from '../pick/cached-prompts.ts';
import { type PricedPolicy, pricedTogether } from '../pick/priced-policy.ts';

export const gorgoSchema = (z: Zod) =>
  z
    .strictObject({
      alpha: z
        .number()
        .nonnegative()
        .default(16)
        .describe('How many tokens of prefill a running sequence delays a new prompt by.')
        .meta(tune({ from: 0, to: 100 })),
      prefillMsPerToken: z
        .number()
        .positive()
        .default(0.1)
        .describe('t on a node that has not reported its own, in milliseconds.')
        .meta(tune({ from: 0.01, to: 1 })),
      indexBlocks: indexBlocksSchema(z),
    })
    .describe('The least round trip, prefill of what is not cached, and queue: for nodes in several regions.');

/**
 * The lowest RTT + t * (alpha * running + queued + uncached), in milliseconds: t is the time of a prompt token at the node, `running` its
 * sequences, `queued` the prompt tokens that wait there, both with what came there since its report (`NodeLoad`), `uncached` those of this prompt that it
 * has not cached.
 * Near and far nodes are compared by one sum: a request leaves its region where what it saves there is more than the way.
 *
 * t = 0.1 ms, alpha = 16: near, 5 ms away, 4 running, 2000 queued, 3000 uncached: 5 + 0.1 * (64 + 2000 + 3000) = 511.4 ms. Far, 80 ms away, idle,
 * all but 500 cached: 80 + 50 = 130 ms. The round trip is that of the forecast, and 0 where that is unknown. Source: Toniolo, Thorstenson, Dinesh, GORGO, arXiv 2602.11688, 2026.
 */
export const gorgo = (params: Made<typeof gorgoSchema>): PricedPolicy => {
  const { alpha, indexBlocks } = params;
  const prompts = new CachedPrompts(indexBlocks);
  return pricedTogether(
    'gorgo',
    (request, { nodes, paths }, list, nowMs) => {
      const { endpoints, nodes: rows, count, costMs, promptTokens } = list;
      paths.see(endpoints, count, nowMs, list.candidateList);
      prompts.allUncachedTokens(request, list);
      for (let place = 0; place < count; place++) {
        const node = rows[place]!;
        const reportedMs = nodes.prefillMsPerToken[node]!;
        const rttMs = paths.listRttMs[place]!;
        const ownMs = gorgoCostMs({
          rttMs: Number.isNaN(rttMs) ? 0 : rttMs,
          perTokenMs: reportedMs > 0 ? reportedMs : params.prefillMsPerToken,
          runningTokens: alpha * (nodes.running[node]! + nodes.unseenRequests(node)),
          queuedTokens: nodes.pendingPromptTokens[node]! + nodes.unseenPromptTokens(node),
          uncachedTokens: promptTokens[place]!,
        });
        costMs[place] = costMs[place]! + ownMs;
      }
    },
    {
      favourite: (request, endpoints, nowMs) => prompts.favourite(request, endpoints, nowMs),
      observe: (what, endpoints) => prompts.observe(what, endpoints),
    },
  );
};

/** `rttMs + perTokenMs * (runningTokens + queuedTokens + uncachedTokens)`. */
export const gorgoCostMs = (of: {
  readonly rttMs: number;
  readonly perTokenMs: number;
  readonly runningTokens: number;
  readonly queuedTokens: number;
  readonly uncachedTokens: number;
}): number => of.rttMs + of.perTokenMs * (of.runningTokens + of.queuedTokens + of.uncachedTokens);
