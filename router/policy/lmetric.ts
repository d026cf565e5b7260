import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { CachedPrompts, indexBlocksSchema } from '../pick/cached-prompts.ts';
import { nodePolicyTogether } from '../pick/node-policy.ts';
import type { Policy } from '../pick/policy.ts';

export const lmetricSchema = (z: Zod) =>
  z
    .strictObject({ indexBlocks: indexBlocksSchema(z) })
    .describe('The least product of what a node would have to compute of the prompt and what it has to do.');

/**
 * The lowest (uncached tokens) * (load + 1): the tokens of the prompt that the node has probably not cached, times its open requests, of
 * this router or as it reports them with those since (`NodeLoad`), whichever is more. A product needs no weight between the two.
 *
 * 3000 uncached tokens with a load of 1 cost 6000; 1000 with a load of 4 cost 5000 and are picked. Source: SGLang's router.
 */
export const lmetric = ({ indexBlocks }: Made<typeof lmetricSchema>): Policy => {
  const prompts = new CachedPrompts(indexBlocks);
  return nodePolicyTogether(
    'lmetric',
    (request, { nodes, nodeOutstanding }, list) => {
      const { nodes: rows, count, costMs, promptTokens } = list; // tokens, not time: they are only compared
      prompts.allUncachedTokens(request, list);
      for (let place = 0; place < count; place++) {
        const node = rows[place]!;
        const reported = nodes.running[node]! + nodes.waiting[node]! + nodes.unseenRequests(node);
        const load = Math.max(nodeOutstanding[node]!, reported);
        costMs[place] = lmetricCost(promptTokens[place]!, load);
      }
    },
    {
      favourite: (request, endpoints, nowMs) => prompts.favourite(request, endpoints, nowMs),
      observe: (what, endpoints) => prompts.observe(what, endpoints),
    },
  );
};

/** `uncachedTokens * (load + 1)`. */
export const lmetricCost = (uncachedTokens: number, load: number): number => uncachedTokens * (load + 1);
