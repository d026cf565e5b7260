import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { LeastTree } from './least-tree.ts';
import { NumbersByIndex } from './numbers-by-index.ts';

/**
 * Turns in proportion to weights, evenly spaced. Earliest deadline first: an endpoint of weight w is due every 1/w, the first time at
 * U[0, 1/w], and the next turn is that of the earliest; of those that are due at the same time, the first of the table.
 *
 * Time is that of the latest turn. An endpoint that was unavailable for a while is due now when it is back, and then every
 * 1/w: it loses the turns that it missed, else it would be flooded. Source: gRFC A58.
 *
 * Where the candidates stay the same, they stand in a tree, so that a turn takes log2 of their number; where a filter makes another list for
 * each request, all are compared.
 */
export class Rotation {
  readonly #dueAt = new NumbersByIndex(Number.NaN);
  #now = 0;
  readonly #tree = new LeastTree();
  #table: EndpointTable | null = null;
  /** The list of the latest turn, and the one that is in the tree; -1 for none. */
  #list = -1;
  #treeList = -1;

  /** Whose turn it is. There must be a candidate. `weights` are by endpoint, above 0. */
  next(endpoints: EndpointTable, weights: Float64Array): number {
    const { candidateCount, candidateList } = endpoints;
    if (candidateCount <= SCAN_MAX) return this.#scan(endpoints, weights);
    const isAgain = this.#table === endpoints && this.#list === candidateList;
    this.#table = endpoints;
    this.#list = candidateList;
    if (!isAgain) {
      this.#treeList = -1;
      return this.#scan(endpoints, weights);
    }
    if (this.#treeList !== candidateList) this.#plant(endpoints, weights);
    this.#tree.bound = this.#now;
    return this.#tree.firstAtMost();
  }

  /** The endpoint had a turn, whether or not it was its own. */
  took(endpoint: number, endpoints: EndpointTable, weights: Float64Array): void {
    const dueAt = Math.max(this.#now, this.#due(endpoint, endpoints, weights));
    this.#dueAt.set(endpoint, dueAt + 1 / weights[endpoint]!);
    this.#now = dueAt;
    const isInTree = this.#treeList >= 0 && this.#table === endpoints && this.#treeList === endpoints.candidateList;
    if (!isInTree) this.#treeList = -1;
    else if (endpoints.isCandidate(endpoint)) this.#tree.set(endpoint, this.#dueAt.at(endpoint));
  }

  /** To be called when weights are others: the first turns of those that had none depend on them. */
  weightsChanged(): void {
    this.#treeList = -1;
  }

  #scan(endpoints: EndpointTable, weights: Float64Array): number {
    const { candidates, candidateCount, phase, size } = endpoints;
    const dueAts = this.#dueAt.upTo(size);
    const now = this.#now;
    let best = -1;
    let bestAt = Number.POSITIVE_INFINITY;
    for (let index = 0; index < candidateCount; index++) {
      const endpoint = candidates[index]!;
      const set = dueAts[endpoint]!;
      const dueAt = Number.isNaN(set) ? phase[endpoint]! / weights[endpoint]! : set;
      const at = dueAt < now ? now : dueAt;
      if (best >= 0 && at >= bestAt) continue;
      best = endpoint;
      bestAt = at;
    }
    return best;
  }

  #plant(endpoints: EndpointTable, weights: Float64Array): void {
    const { candidates, candidateCount, candidateList, size } = endpoints;
    const leaves = this.#tree.begin(size);
    for (let index = 0; index < candidateCount; index++) {
      const endpoint = candidates[index]!;
      leaves[endpoint] = this.#due(endpoint, endpoints, weights);
    }
    this.#tree.build();
    this.#treeList = candidateList;
  }

  #due(endpoint: number, { phase }: EndpointTable, weights: Float64Array): number {
    const set = this.#dueAt.at(endpoint);
    return Number.isNaN(set) ? phase[endpoint]! / weights[endpoint]! : set;
  }
}

/** Up to this many candidates a comparison of all takes no longer than the way through a tree and its update. */
const SCAN_MAX = 32;
