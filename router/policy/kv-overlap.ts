import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { CachedPrompts, indexBlocksSchema } from '../pick/cached-prompts.ts';
import { nodePolicyTogether } from '../pick/node-policy.ts';
import { NumbersByIndex } from '../pick/numbers-by-index.ts';
import type { Policy } from '../pick/policy.ts';

export const kvOverlapSchema = (z: Zod) =>
  z
    .strictObject({
      overlapWeight: z
        .number()
        .nonnegative()
        .default(1)
        .describe(
          'What a block to prefill counts against a block that is held: above 1 for caches, below for even load.',
        )
        .meta(tune({ from: 0, to: 4 })),
      blockTokens: z.int().min(1).max(4096).default(16).describe('How many tokens a block of the KV cache holds.'),
      indexBlocks: indexBlocksSchema(z),
    })
    .describe('The fewest blocks to prefill and to hold, by what this router has sent and not yet seen end.');

/**
 * The lowest overlapWeight * prefill + decode, in blocks of the KV cache, with the request at the node:
 *
 *     prefill = (uncached tokens of it and of others before their first token) / blockTokens
 *     decode = blocks of the prompts of all its open requests
 *
 * Prefill and decode of (8, 10), (5, 5) and (2, 9) cost 18, 10 and 11: the second is picked, though the third has more cached.
 * The router counts both itself, from its own requests. Source: NVIDIA Dynamo, KV router (its temperature of 0).
 */
export const kvOverlap = (params: Made<typeof kvOverlapSchema>): Policy => {
  const { overlapWeight, blockTokens, indexBlocks } = params;
  const prompts = new CachedPrompts(indexBlocks);
  const prefillTokens = new NumbersByIndex(0); // by node
  const decodeBlocks = new NumbersByIndex(0);
  const prefilling = new Map<Attempt, number>();
  const open = new Set<Attempt>();
  const blocksOf = (tokens: number): number => Math.ceil(tokens / blockTokens);
  const settle = (attempt: Attempt, node: number): void => {
    prefillTokens.set(node, prefillTokens.at(node) - (prefilling.get(attempt) ?? 0));
    prefilling.delete(attempt);
  };
  return nodePolicyTogether(
    'kv-overlap',
    (request, { nodeNames }, list) => {
      const { nodes: rows, count, costMs, promptTokens } = list; // blocks, not time: they are only compared
      const own = blocksOf(request.promptTokens);
      const toPrefill = prefillTokens.upTo(nodeNames.length);
      const held = decodeBlocks.upTo(nodeNames.length);
      prompts.allUncachedTokens(request, list);
      for (let place = 0; place < count; place++) {
        const node = rows[place]!;
        const prefill = (promptTokens[place]! + toPrefill[node]!) / blockTokens;
        costMs[place] = kvOverlapCost(prefill, held[node]! + own, overlapWeight);
      }
    },
    {
      favourite: (request, endpoints, nowMs) => prompts.favourite(request, endpoints, nowMs),
      observe: (what, endpoints) => {
        if (what.kind !== 'began' && what.kind !== 'first' && what.kind !== 'ended') return;
        const { attempt } = what;
        const node = endpoints.nodeOf[attempt.endpoint]!;
        if (what.kind === 'began') {
          const uncached = prompts.uncachedTokens(attempt.request, node);
          prefilling.set(attempt, uncached);
          open.add(attempt);
          prefillTokens.set(node, prefillTokens.at(node) + uncached);
          decodeBlocks.set(node, decodeBlocks.at(node) + blocksOf(attempt.promptTokens));
          prompts.observe(what, endpoints);
          return;
        }
        settle(attempt, node);
        if (what.kind === 'first' || !open.delete(attempt)) return; // one that began before this policy is not counted
        decodeBlocks.set(node, decodeBlocks.at(node) - blocksOf(attempt.promptTokens));
      },
    },
  );
};

/** `weight * prefillBlocks + decodeBlocks`. */
export const kvOverlapCost = (prefillBlocks: number, decodeBlocks: number, weight: number): number =>
  weight * prefillBlocks + decodeBlocks;
