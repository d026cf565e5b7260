import type { Zod } from '../../core/config/schema-maker.ts';
import { tune } from '../../core/config/tune-hint.ts';
import { ROUTED_BLOCK_TOKENS } from '../../workload/prefix-header.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { PrefixIndex } from '../endpoint/prefix-index.ts';
import type { Observation } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';
import { pathToNode } from './path-to-node.ts';
import type { PriceList } from './price-list.ts';

export const indexBlocksSchema = (z: Zod) =>
  z
    .int()
    .min(1)
    .max(4_194_304)
    .default(65_536)
    .describe('How many blocks of 512 prompt tokens the router remembers where it sent.')
    .meta(tune(false)); // the memory that a router may take, which no simulation prices

/** What policies for caches of prefixes know of prompts: where each began like one that was sent there before. */
export class CachedPrompts {
  readonly #indexBlocks: number;
  /** Made with the first prompt that says how it begins: it takes some MiB, which most loads do not need. */
  #index: PrefixIndex | null = null;

  constructor(indexBlocks: number) {
    this.#indexBlocks = indexBlocks;
  }

  /** Tokens of the prompt that the node has probably not cached; at least one, which is always computed. */
  uncachedTokens({ promptTokens, prefix }: RequestInfo, node: number): number {
    return prefix.length === 0 || this.#index === null
      ? promptTokens
      : Math.max(1, promptTokens - this.#index.blocksAt(prefix, node) * ROUTED_BLOCK_TOKENS);
  }

  /** Writes it into `promptTokens` of `list`. */
  allUncachedTokens({ promptTokens, prefix }: RequestInfo, { nodes, count, promptTokens: uncached }: PriceList): void {
    const index = prefix.length === 0 ? null : this.#index;
    if (index?.allBlocksAt(prefix, nodes, count, uncached) !== true) {
      const allTokens = index === null ? promptTokens : Math.max(1, promptTokens);
      for (let place = 0; place < count; place++) uncached[place] = allTokens;
      return;
    }
    for (let place = 0; place < count; place++) {
      const left = promptTokens - uncached[place]! * ROUTED_BLOCK_TOKENS;
      uncached[place] = left > 1 ? left : 1;
    }
  }

  /** Writes the share of the prompt's whole blocks that each of the first `count` of `nodes` has probably cached, 0 to 1, into `into`. */
  allCachedShares({ prefix }: RequestInfo, nodes: Uint32Array, count: number, into: Float64Array): void {
    const index = prefix.length === 0 ? null : this.#index;
    const isCached = index?.allBlocksAt(prefix, nodes, count, into) === true;
    for (let place = 0; place < count; place++) {
      into[place] = isCached && into[place]! > 0 ? into[place]! / prefix.length : 0;
    }
  }

  /** The candidate whose node has probably cached the most of the prompt; -1 for none. To compare it too where not all are compared. */
  favourite(request: RequestInfo, endpoints: EndpointTable, nowMs: number): number {
    if (request.prefix.length === 0 || this.#index === null) return -1;
    const node = this.#index.bestNode(request.prefix);
    return node >= 0 && endpoints.isCandidateNode(node) ? pathToNode(endpoints, node, nowMs) : -1;
  }

  observe(what: Observation, { nodeOf }: EndpointTable): void {
    if (what.kind !== 'began') return;
    const { endpoint, request } = what.attempt;
    if (request.prefix.length === 0) return;
    this.#index ??= new PrefixIndex(this.#indexBlocks);
    this.#index.add(request.prefix, nodeOf[endpoint]!);
  }
}
