import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { Observation, Observer } from '../observation.ts';
import type { Filter } from './filter.ts';

/**
 * Leaves out the endpoints that are at their limit of outstanding requests, so that other endpoints take the excess.
 * It counts the full ones as requests begin and end: while there is none, a pick does not ask it.
 */
export class Capacity implements Filter, Observer {
  readonly reason = 'overloaded';
  readonly #outstanding: EndpointTable['outstanding'];
  #most = 0;
  #full = 0;

  constructor({ outstanding }: EndpointTable, most: number) {
    this.#outstanding = outstanding;
    this.retune(most);
  }

  /** Another limit from now on. An endpoint that has more open than it allows is full until enough of them have ended. */
  retune(most: number): void {
    this.#most = most;
    this.#full = this.#outstanding.reduce((full, outstanding) => full + (outstanding >= most ? 1 : 0), 0);
  }

  get admitsAll(): boolean {
    return this.#full === 0;
  }

  admits(endpoint: number): boolean {
    return this.#outstanding[endpoint]! < this.#most;
  }

  observe(what: Observation): void {
    if (what.kind === 'began' && this.#outstanding[what.attempt.endpoint]! === this.#most) this.#full++;
    if (what.kind === 'ended' && this.#outstanding[what.attempt.endpoint]! === this.#most - 1) this.#full--;
  }
}
