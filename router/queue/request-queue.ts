import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';
import { PriorityLine } from './priority-line.ts';
import { Waiting } from './waiting.ts';
import type { WaitingSettings } from './waiting-schema.ts';

/**
 * The requests for one model that wait for a place, at most `size`.
 *
 * First attempts and retries wait in two lines. A retry avoids the endpoints where it failed, so at the head of one line it would keep others
 * from a place that it cannot take. At equal priority it goes first, because it has waited before.
 *
 * When the queue is full, the request that is needed least is shed: see `PriorityLine.worst`. So a tenant that floods the queue sheds its
 * own requests, and one tenant alone sheds its newest.
 */
export class RequestQueue<Request> {
  /** In the order in which they go at equal priority. */
  readonly lines: readonly [retries: PriorityLine<Request>, firsts: PriorityLine<Request>];
  readonly #settings: WaitingSettings;
  #serial = 0;

  /** The settings may change: it looks at them each time. */
  constructor(settings: WaitingSettings) {
    this.#settings = settings;
    this.lines = [new PriorityLine(settings), new PriorityLine(settings)];
  }

  get count(): number {
    return this.lines[0].count + this.lines[1].count;
  }

  /** Lets a request in. Then one may be too many: see `shed`. */
  add(request: Request, { info, nowMs, isRetry }: Arrival): Waiting<Request> {
    // Nobody has said how long the prompt is: it costs a turn.
    const cost = info.promptTokens || this.#settings.quantumTokens;
    const waiting = new Waiting(request, { info, sinceMs: nowMs, cost, serial: this.#serial++, isRetry });
    this.#lineOf(waiting).add(waiting);
    return waiting;
  }

  /** Takes out the one that is too many; null where none is. */
  shed(): Waiting<Request> | null {
    if (this.count <= this.#settings.size) return null;
    const [retry, first] = [this.lines[0].worst(), this.lines[1].worst()];
    const isRetryWorse = first === null || (retry !== null && retry.info.priority > first.info.priority);
    const worst = isRetryWorse ? retry! : first;
    this.remove(worst);
    return worst;
  }

  /** The head of a line goes. */
  take(waiting: Waiting<Request>): void {
    waiting.isQueued = false;
    this.#lineOf(waiting).take(waiting);
  }

  /** It leaves without its turn. */
  remove(waiting: Waiting<Request>): void {
    waiting.isQueued = false;
    this.#lineOf(waiting).remove(waiting);
  }

  #lineOf({ isRetry }: Waiting<Request>): PriorityLine<Request> {
    return this.lines[isRetry ? 0 : 1];
  }
}

export interface Arrival {
  readonly info: RequestInfo;
  readonly nowMs: Ms;
  readonly isRetry: boolean;
}
