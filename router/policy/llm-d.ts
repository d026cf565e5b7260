import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { NodeLoad } from '../endpoint/node-load.ts';
import type { Observation } from '../observation.ts';
import { CachedPrompts, indexBlocksSchema } from '../pick/cached-prompts.ts';
import { pathToNode } from '../pick/path-to-node.ts';
import { NO_ENDPOINT, pickOf } from '../pick/pick-of.ts';
import type { Decision, Policy } from '../pick/policy.ts';
import { drawPair, FULL_SCAN_MAX } from '../pick/price-list.ts';
import type { RequestInfo } from '../request-info.ts';

export const llmDSchema = (z: Zod) => {
  const weight = z.number().nonnegative().max(1000);
  return z
    .strictObject({
      queueWeight: weight
        .default(2)
        .describe('What a short queue counts.')
        .meta(tune({ from: 0, to: 10 })),
      kvWeight: weight
        .default(2)
        .describe('What a free KV cache counts.')
        .meta(tune({ from: 0, to: 10 })),
      prefixWeight: weight
        .default(3)
        .describe('What a cached prompt counts.')
        .meta(tune({ from: 0, to: 10 })),
      maxQueue: z
        .number()
        .nonnegative()
        .default(5)
        .describe('A node with more requests waiting is left out, while there is another.')
        .meta(tune({ from: 0, to: 50 })),
      maxKvUsage: z
        .number()
        .min(0)
        .max(1)
        .default(0.8)
        .describe('A node with more of its KV cache used is left out, while there is another.'),
      indexBlocks: indexBlocksSchema(z),
    })
    .describe(
      'Leaves out saturated nodes, and takes the best of the sum of weighted scores for queue, KV cache and prefix.',
    );
};

/**
 * Filter, scorers, picker. Nodes with more than `maxQueue` requests waiting or `maxKvUsage` of their KV cache used are left out, unless all are.
 * Each score is in [0, 1]:
 *
 *     queue  = (longest - waiting) / (longest - shortest) among those that are compared; 1 where all are equal
 *     kv     = 1 - used share of the KV cache
 *     prefix = cached blocks of the prompt / all its blocks
 *
 * with those since its report (`NodeLoad`) in what waits, and the largest 2 * queue + 2 * kv + 3 * prefix is picked; equals are drawn from. Waiting 4 and 0, KV 0.5 and 0.25, prefix 1 and 0:
 * 0 + 1 + 3 = 4 against 2 + 1.5 + 0 = 3.5. Up to 16 candidates all are compared; above, two that are drawn and the one with the most of the
 * prompt. Source: llm-d inference scheduler and the Gateway API inference extension (queue-, kv-cache-utilization- and prefix-cache-scorer with
 * the weights of its guide, max-score-picker, saturation detector).
 */
export const llmD = (params: Made<typeof llmDSchema>): Policy => new LlmD(params);

class LlmD implements Policy {
  readonly name = 'llm-d';
  readonly #params: Made<typeof llmDSchema>;
  readonly #prompts: CachedPrompts;
  readonly #compared = new Uint32Array(FULL_SCAN_MAX);
  #count = 0;
  /** Beside them: the row of the node, and which share of the prompt it has cached. */
  readonly #rows = new Uint32Array(FULL_SCAN_MAX);
  readonly #shares = new Float64Array(FULL_SCAN_MAX);

  constructor(params: Made<typeof llmDSchema>) {
    this.#params = params;
    this.#prompts = new CachedPrompts(params.indexBlocks);
  }

  pick(request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): Decision {
    if (endpoints.candidateCount === 0) return NO_ENDPOINT;
    this.#compare(request, endpoints, nowMs, rng);
    this.#leaveOutSaturated(endpoints);
    const count = this.#count;
    const rows = this.#rows;
    const shares = this.#shares;
    const params = this.#params;
    const { nodes } = endpoints;
    const { kvUsage } = nodes;
    let shortest = Number.POSITIVE_INFINITY;
    let longest = 0;
    for (let index = 0; index < count; index++) {
      const node = endpoints.nodeOf[this.#compared[index]!]!;
      const queued = queueAt(nodes, node);
      rows[index] = node;
      if (queued < shortest) shortest = queued;
      if (queued > longest) longest = queued;
    }
    this.#prompts.allCachedShares(request, rows, count, shares);
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    let equals = 1;
    for (let index = 0; index < count; index++) {
      const node = rows[index]!;
      const queue = longest === shortest ? 1 : (longest - queueAt(nodes, node)) / (longest - shortest);
      const score = llmDScore(queue, 1 - kvUsage[node]!, shares[index]!, params);
      if (score < bestScore) continue;
      equals = score > bestScore ? 1 : equals + 1;
      if (equals !== 1 && rng.below(equals) !== 0) continue;
      best = node;
      bestScore = score;
    }
    return pickOf(pathToNode(endpoints, best, nowMs));
  }

  observe(what: Observation, endpoints: EndpointTable): void {
    this.#prompts.observe(what, endpoints);
  }

  #compare(request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): void {
    const { candidates, candidateCount } = endpoints;
    if (candidateCount <= FULL_SCAN_MAX) {
      for (let index = 0; index < candidateCount; index++) this.#compared[index] = candidates[index]!;
      this.#count = candidateCount;
      return;
    }
    drawPair(endpoints, rng, this.#compared);
    const warm = this.#prompts.favourite(request, endpoints, nowMs);
    this.#compared[2] = warm;
    this.#count = warm < 0 ? 2 : 3;
  }

  #leaveOutSaturated({ nodeOf, nodes }: EndpointTable): void {
    const { maxQueue, maxKvUsage } = this.#params;
    let kept = 0;
    for (let index = 0; index < this.#count; index++) {
      const endpoint = this.#compared[index]!;
      const node = nodeOf[endpoint]!;
      if (queueAt(nodes, node) > maxQueue || nodes.kvUsage[node]! > maxKvUsage) continue;
      this.#compared[index] = this.#compared[kept]!; // those that are left out go behind the others, and none is lost
      this.#compared[kept++] = endpoint;
    }
    if (kept > 0) this.#count = kept;
  }
}

/** The requests that wait there, and those that came since it said so. */
const queueAt = (nodes: NodeLoad, node: number): number => nodes.waiting[node]! + nodes.unseenRequests(node);

/** `queueWeight * queue + kvWeight * kv + prefixWeight * prefix`, scores in that order. */
export const llmDScore = (
  queue: number,
  kv: number,
  prefix: number,
  weights: { readonly queueWeight: number; readonly kvWeight: number; readonly prefixWeight: number },
): number => weights.queueWeight * queue + weights.kvWeight * kv + weights.prefixWeight * prefix;
