import type { Zod } from '../../core/config/schema-maker.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation, Observer } from '../observation.ts';
import { type Hash64, hash64, isBefore, xxh64OfText } from '../pick/xxh64.ts';
import type { Filter } from './filter.ts';

export const subsetSchema = (z: Zod) =>
  z
    .union([z.literal('all'), z.int().min(1)])
    .default('all')
    .describe(
      'How many of the available nodes each router uses, drawn by rendezvous hashing; they change as little as they can.',
    );

/**
 * Of the available nodes only the `size` with the highest XXH64 of router and name: with many routers and nodes each router keeps
 * few connections busy, every node is used by about as many routers, and when a node comes or goes each router changes one at most.
 * Source: gRFC A68, random subsetting; Thaler, Ravishankar, rendezvous hashing, 1996.
 */
export class Subset implements Filter, Observer {
  readonly reason = 'no-endpoint';
  readonly #endpoints: EndpointTable;
  #size = 0;
  /** By node, from the highest hash down. */
  readonly #order: readonly number[];
  readonly #isIn: Uint8Array;

  /** `router` tells the routers apart. */
  constructor(endpoints: EndpointTable, { size, router }: { readonly size: 'all' | number; readonly router: string }) {
    this.#endpoints = endpoints;
    const hashes = endpoints.nodeNames.map((name): Hash64 => {
      const hash = hash64();
      xxh64OfText(`${router}/${name}`, hash);
      return hash;
    });
    this.#order = hashes.map((_, node) => node).sort((a, b) => (isLower(hashes[a]!, hashes[b]!) ? 1 : -1));
    this.#isIn = new Uint8Array(hashes.length);
    this.retune(size);
  }

  /** So many nodes from now on; `all` for each. */
  retune(size: 'all' | number): void {
    this.#size = size === 'all' ? this.#order.length : size;
    this.#draw();
  }

  get admitsAll(): boolean {
    return this.#size >= this.#order.length;
  }

  admits(endpoint: number): boolean {
    return this.#isIn[this.#endpoints.nodeOf[endpoint]!] === 1;
  }

  observe(what: Observation): void {
    if (what.kind === 'available') this.#draw();
  }

  #draw(): void {
    let left = this.#size;
    for (const node of this.#order) {
      const isDrawn = left > 0 && this.#isAvailable(node);
      this.#isIn[node] = isDrawn ? 1 : 0;
      if (isDrawn) left--;
    }
  }

  #isAvailable(node: number): boolean {
    const { available, firstEndpointOf, nextEndpointOf } = this.#endpoints;
    for (let endpoint = firstEndpointOf[node]!; endpoint >= 0; endpoint = nextEndpointOf[endpoint]!) {
      if (available[endpoint] === 1) return true;
    }
    return false;
  }
}

const isLower = (a: Hash64, b: Hash64): boolean => isBefore(a[0]!, a[1]!, b[0]!, b[1]!);
