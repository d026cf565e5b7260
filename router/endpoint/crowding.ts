import type { Ms } from '../../core/time/clock.ts';

/** The averages cover about so long: a router that sends a request a second to a node has some ten of its own in them. */
const TAU_MS: Ms = 10_000;

/**
 * How many requests come to a node for each that this router sends there: what routers over the same nodes know of each other.
 *
 *     crowding = max(1, (all + 1) / (own + 1))
 *
 * `all` and `own` are sums that decay with 10 s, of what the node's count of accepted requests grew between two of its reports, and of what this
 * router had sent that arrived between them. A router that is alone has exactly 1. The two ones stand for a node that nobody sends to.
 */
export class Crowding {
  /** By node. Hot path: read in place. */
  readonly ratio: Float64Array;
  readonly #all: Float64Array;
  readonly #own: Float64Array;
  /** At the latest report: when it was written, the node's count, and that of this router; NaN before the first. */
  readonly #atMs: Float64Array;
  readonly #received: Float64Array;
  readonly #sent: Float64Array;

  constructor(nodes: number) {
    this.ratio = new Float64Array(nodes).fill(1);
    this.#all = new Float64Array(nodes);
    this.#own = new Float64Array(nodes);
    this.#atMs = new Float64Array(nodes).fill(Number.NaN);
    this.#received = new Float64Array(nodes);
    this.#sent = new Float64Array(nodes);
  }

  /** A node wrote at `atMs` that it had accepted `received` so far; of this router `sent` had arrived there then. NaN says nothing. */
  reported(node: number, at: { readonly atMs: Ms; readonly received: number; readonly sent: number }): void {
    const { atMs, received, sent } = at;
    if (Number.isNaN(received)) return;
    const came = received - this.#received[node]!;
    const sinceMs = atMs - this.#atMs[node]!;
    // Not at the first report, nor where the node has counted anew since.
    if (sinceMs >= 0 && came >= 0) {
      const kept = Math.exp(-sinceMs / TAU_MS);
      const all = this.#all[node]! * kept + came;
      const own = this.#own[node]! * kept + (sent - this.#sent[node]!);
      this.#all[node] = all;
      this.#own[node] = own;
      this.ratio[node] = Math.max(1, (all + 1) / (Math.max(0, own) + 1));
    }
    this.#atMs[node] = atMs;
    this.#received[node] = received;
    this.#sent[node] = sent;
  }

  /** Goes on from what another one has learnt; its counts of what was sent are its own. */
  inherit(node: number, from: Crowding, its: number): void {
    this.ratio[node] = from.ratio[its]!;
    this.#all[node] = from.#all[its]!;
    this.#own[node] = from.#own[its]!;
    this.#atMs[node] = Number.NaN;
  }
}
