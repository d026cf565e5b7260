import type { Ms } from '../../../core/time/clock.ts';
import type { OpenRequest } from './open-requests.ts';
import type { Sequences } from './replicas.ts';
import type { ReceivingListener } from './request.ts';

/** Requests that another engine has begun, until there is room for them. First come first served, before those in the waiting queue. */
export class BegunRequests {
  readonly #sequences: Sequences<OpenRequest>;
  #waiting: { readonly request: OpenRequest; readonly listener: ReceivingListener }[] = [];

  constructor(sequences: Sequences<OpenRequest>) {
    this.#sequences = sequences;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(request: OpenRequest, listener: ReceivingListener, nowMs: Ms): void {
    this.#waiting.push({ request, listener });
    this.admit(nowMs);
  }

  /** Gives room to as many as there is room for: to be called when blocks have become free. */
  admit(nowMs: Ms): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const cachedTokens = this.#sequences.receive(first.request);
      if (cachedTokens < 0) return;
      this.#waiting.shift();
      first.listener.onRoom(cachedTokens, nowMs);
    }
  }

  remove(request: OpenRequest): void {
    this.#waiting = this.#waiting.filter((each) => each.request !== request);
  }

  /** Nobody waits any more. */
  forget(): void {
    this.#waiting = [];
  }
}
