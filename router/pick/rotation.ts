import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import { NumbersByIndex } from './numbers-by-index.ts';

/**
 * Turns in proportion to weights, evenly spaced. Earliest deadline first: an endpoint of weight w is due every 1/w, the first time at
 * U[0, 1/w], and the next turn is that of the earliest.
 *
 * Time is that of the latest turn. An endpoint that was unavailable for a while is due now when it is back, and then every
 * 1/w: it loses the turns that it missed, else it would be flooded. Source: gRFC A58.
 */
export class Rotation {
  readonly #dueAt = new NumbersByIndex(Number.NaN);
  #now = 0;

  /** Whose turn it is. There must be a candidate. `weights` are by endpoint, above 0. */
  next(endpoints: EndpointTable, weights: Float64Array): number {
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

  /** The endpoint had a turn, whether or not it was its own. */
  took(endpoint: number, { phase }: EndpointTable, weights: Float64Array): void {
    const weight = weights[endpoint]!;
    const set = this.#dueAt.at(endpoint);
    const dueAt = Math.max(this.#now, Number.isNaN(set) ? phase[endpoint]! / weight : set);
    this.#dueAt.set(endpoint, dueAt + 1 / weight);
    this.#now = dueAt;
  }
}
