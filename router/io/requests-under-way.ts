import type { Ms } from '../../core/time/clock.ts';

/** A request that is open, as far as the whole data path is concerned. */
export interface RequestUnderWay {
  /** Where it is among the others; `RequestsUnderWay` alone writes it. */
  place: number;
  /** Whether it waits at the router, and no node has it. */
  readonly isWaiting: boolean;
  /** An endpoint is healthy or unhealthy that was not. */
  onHealthChange(nowMs: Ms): void;
  /** The router shuts down and does not wait for the request. */
  cutOff(): void;
}

/** The requests that are open, in no order. Hot path: each knows its place, so that to come and go costs no garbage. */
export class RequestsUnderWay {
  readonly #all: RequestUnderWay[] = [];

  get size(): number {
    return this.#all.length;
  }

  add(request: RequestUnderWay): void {
    request.place = this.#all.length;
    this.#all.push(request);
  }

  /** Nothing for one that is not among them. */
  delete(request: RequestUnderWay): void {
    const { place } = request;
    if (this.#all[place] !== request) return;
    const last = this.#all.pop()!;
    if (last === request) return;
    this.#all[place] = last;
    last.place = place;
  }

  /** Those that are open now: they may end while they are told something. */
  all(): readonly RequestUnderWay[] {
    return [...this.#all];
  }
}
