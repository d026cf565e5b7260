import type { EndpointSpec, EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation, Observer } from '../observation.ts';
import type { Filter } from './filter.ts';

/**
 * Leaves out the endpoints that are at their limit of outstanding requests, and those of nodes that are at theirs over all paths, so that
 * others take the excess. It counts the full ones as requests begin and end: while there is none, a pick does not ask it.
 */
export class Capacity implements Filter, Observer {
  readonly reason = 'overloaded';
  readonly #endpoints: Pick<EndpointTable, 'outstanding' | 'nodeOutstanding' | 'nodeOf'>;
  /** By node; Infinity for one without a limit of its own. */
  readonly #nodeMost: Float64Array;
  #most = 0;
  /** Endpoints and nodes that are full. */
  #full = 0;

  /** `most` is for each endpoint; `specs` may have a limit for a node, of which the lowest counts where several of its endpoints say one. */
  constructor(endpoints: EndpointTable, most: number, specs: readonly Pick<EndpointSpec, 'maxOutstanding'>[] = []) {
    this.#endpoints = endpoints;
    this.#nodeMost = new Float64Array(endpoints.nodeNames.length).fill(Number.POSITIVE_INFINITY);
    for (const [endpoint, { maxOutstanding }] of specs.entries()) {
      const node = endpoints.nodeOf[endpoint]!;
      this.#nodeMost[node] = Math.min(this.#nodeMost[node]!, maxOutstanding ?? Number.POSITIVE_INFINITY);
    }
    this.retune(most);
  }

  /** Another limit from now on. An endpoint that has more open than it allows is full until enough of them have ended. */
  retune(most: number): void {
    const { outstanding, nodeOutstanding } = this.#endpoints;
    this.#most = most;
    this.#full = 0;
    for (const open of outstanding) if (open >= most) this.#full++;
    for (const [node, open] of nodeOutstanding.entries()) if (open >= this.#nodeMost[node]!) this.#full++;
  }

  get admitsAll(): boolean {
    return this.#full === 0;
  }

  admits(endpoint: number): boolean {
    const { outstanding, nodeOutstanding, nodeOf } = this.#endpoints;
    const node = nodeOf[endpoint]!;
    return outstanding[endpoint]! < this.#most && nodeOutstanding[node]! < this.#nodeMost[node]!;
  }

  observe(what: Observation): void {
    if (what.kind !== 'began' && what.kind !== 'ended') return;
    const { outstanding, nodeOutstanding, nodeOf } = this.#endpoints;
    const { endpoint } = what.attempt;
    const node = nodeOf[endpoint]!;
    // One that began may have filled them, and one that ended made room.
    const [beyond, change] = what.kind === 'began' ? [0, 1] : [1, -1];
    if (outstanding[endpoint]! + beyond === this.#most) this.#full += change;
    if (nodeOutstanding[node]! + beyond === this.#nodeMost[node]!) this.#full += change;
  }
}
