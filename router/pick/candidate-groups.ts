// Hot path: the groups of a list of candidates are computed once, into arrays that are kept.
import type { Rng } from '../../core/random/rng.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { leastRequestShare } from './least-request-share.ts';

/** The candidates by the group of each endpoint: a priority, or a place. */
export class CandidateGroups {
  readonly #namesOf: (endpoints: EndpointTable) => readonly number[];
  #table: EndpointTable | null = null;
  #list = -1;
  #groupOf = new Int32Array(0);
  #members = new Uint32Array(0);
  /** By group: where its candidates begin, how many they are, and how many endpoints it has with those that are no candidates. */
  #from = new Uint32Array(0);
  #counts = new Uint32Array(0);
  #totals = new Uint32Array(0);

  /** `groupsOf` says for a table the group of each endpoint, from 0 on without a gap. */
  constructor(groupsOf: (endpoints: EndpointTable) => readonly number[]) {
    this.#namesOf = groupsOf;
  }

  /** Takes the candidates of now; returns how many groups there are. */
  see(endpoints: EndpointTable): number {
    if (this.#table !== endpoints) this.#begin(endpoints);
    if (this.#list !== endpoints.candidateList) this.#sort(endpoints);
    return this.#counts.length;
  }

  candidatesIn(group: number): number {
    return this.#counts[group]!;
  }

  endpointsIn(group: number): number {
    return this.#totals[group]!;
  }

  groupOf(endpoint: number): number {
    return this.#groupOf[endpoint]!;
  }

  /** A candidate of the group: of two that are drawn, the one with fewer open requests for its weight. The group must have one. */
  drawIn(group: number, { outstanding, weight }: EndpointTable, rng: Rng): number {
    const count = this.#counts[group]!;
    const from = this.#from[group]!;
    const a = this.#members[from + rng.below(count)]!;
    const b = this.#members[from + rng.below(count)]!;
    const shareOfA = leastRequestShare(weight[a]!, outstanding[a]!, 1);
    return leastRequestShare(weight[b]!, outstanding[b]!, 1) > shareOfA ? b : a;
  }

  #begin(endpoints: EndpointTable): void {
    this.#table = endpoints;
    this.#list = -1;
    this.#groupOf = Int32Array.from(this.#namesOf(endpoints));
    const groups = this.#groupOf.reduce((most, group) => Math.max(most, group + 1), 0);
    this.#members = new Uint32Array(endpoints.size);
    this.#from = new Uint32Array(groups);
    this.#counts = new Uint32Array(groups);
    this.#totals = new Uint32Array(groups);
    for (const group of this.#groupOf) this.#totals[group] = this.#totals[group]! + 1;
  }

  #sort({ candidates, candidateCount, candidateList }: EndpointTable): void {
    this.#list = candidateList;
    this.#counts.fill(0);
    for (let index = 0; index < candidateCount; index++) {
      const group = this.#groupOf[candidates[index]!]!;
      this.#counts[group] = this.#counts[group]! + 1;
    }
    let from = 0;
    for (let group = 0; group < this.#counts.length; group++) {
      this.#from[group] = from;
      from += this.#counts[group]!;
    }
    this.#counts.fill(0);
    for (let index = 0; index < candidateCount; index++) {
      const endpoint = candidates[index]!;
      const group = this.#groupOf[endpoint]!;
      this.#members[this.#from[group]! + this.#counts[group]!] = endpoint;
      this.#counts[group] = this.#counts[group]! + 1;
    }
  }
}
