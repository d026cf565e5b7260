import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../attempt/attempt.ts';
import type { ModelFilter } from '../filter/model.ts';
import type { Observation } from '../observation.ts';
import type { Decision } from '../pick/policy.ts';
import type { RequestInfo } from '../request-info.ts';
import { DepartureRate } from './departure-rate.ts';
import type { PriorityLine } from './priority-line.ts';
import { RequestQueue } from './request-queue.ts';
import type { WaitEnd } from './wait-end.ts';
import type { Waiting } from './waiting.ts';
import type { WaitingSettings } from './waiting-schema.ts';

type Rejection = Extract<Decision, { kind: 'reject' }>;

/** A request as the waiting room has it. */
export interface WaitingRequest {
  readonly info: RequestInfo;
  /** Asks for an endpoint again. */
  tryAgain(nowMs: Ms): Attempt | Rejection;
  /** It has left the room, with what `tryAgain` gave. */
  onPlace(decision: Attempt | Rejection, nowMs: Ms): void;
  /** It has left the room for another request that is needed more. */
  onShed(nowMs: Ms): void;
}

/**
 * Where requests wait while every endpoint is at its limit. A place that becomes free goes to the next one at once: who frees one calls
 * `serve`. Each model that endpoints list has a queue of its own, since a place for one is none for another.
 *
 * It computes only. The time-outs of requests are their own, and end with `leave`.
 */
export class WaitingRoom {
  readonly #settings: { -readonly [Key in keyof WaitingSettings]: WaitingSettings[Key] };
  readonly #models: ModelFilter | null;
  readonly #queues = new Map<string, RequestQueue<WaitingRequest>>();
  readonly #departures = new DepartureRate();
  readonly #blocked: PriorityLine<WaitingRequest>[] = [];
  #count = 0;
  #isServing = false;
  #mustServeAgain = false;
  #tell: (what: Observation) => void = () => {};

  /** `models` is what tells the queues apart; null for one queue. */
  constructor(settings: WaitingSettings, models: ModelFilter | null) {
    this.#settings = { ...settings };
    this.#models = models;
  }

  /** Hears of each request that leaves, from now on. */
  listen(tell: (what: Observation) => void): void {
    this.#tell = tell;
  }

  get settings(): WaitingSettings {
    return this.#settings;
  }

  /** Other settings from now on: those that are too many are shed. Who waits already does so for as long as it was told. */
  retune(settings: WaitingSettings, nowMs: Ms): void {
    Object.assign(this.#settings, settings);
    for (const queue of this.#queues.values()) {
      for (let shed = queue.shed(); shed !== null; shed = queue.shed()) {
        this.#left(shed, 'full', nowMs);
        shed.request.onShed(nowMs);
      }
    }
  }

  /** How many wait. */
  get count(): number {
    return this.#count;
  }

  /** Whether others wait for the same endpoints. */
  isQueueFor({ model }: RequestInfo): boolean {
    return this.#count > 0 && (this.#queues.get(this.#nameOf(model))?.count ?? 0) > 0;
  }

  /**
   * Whether first attempts wait for them: then a request that comes waits behind those. Retries that have no place now are in nobody's way,
   * because they avoid endpoints that it may take.
   */
  isLineFor({ model }: RequestInfo): boolean {
    return this.#count > 0 && (this.#queues.get(this.#nameOf(model))?.lines[1].count ?? 0) > 0;
  }

  /** Lets a request in that found no room; null where it is shed at once. In its place another one may be. */
  enter(
    request: WaitingRequest,
    nowMs: Ms,
    { isRetry }: { readonly isRetry: boolean },
  ): Waiting<WaitingRequest> | null {
    const queue = this.#queueOf(request.info.model);
    const waiting = queue.add(request, { info: request.info, nowMs, isRetry });
    this.#count++;
    const shed = queue.shed();
    if (shed === null) return waiting;
    this.#left(shed, 'full', nowMs);
    if (shed === waiting) return null;
    shed.request.onShed(nowMs);
    return waiting;
  }

  /** It waits no more: its time is up, or nobody asks for its answer. Nothing for one that has left. */
  leave(waiting: Waiting<WaitingRequest>, end: 'timeout' | 'gone', nowMs: Ms): void {
    if (!waiting.isQueued) return;
    this.#queueOf(waiting.info.model).remove(waiting);
    this.#left(waiting, end, nowMs);
  }

  /** Gives what places there are to those who wait. */
  serve(nowMs: Ms): void {
    if (this.#count === 0) return;
    if (this.#isServing) {
      this.#mustServeAgain = true; // a request that was given a place has just freed one
      return;
    }
    this.#isServing = true;
    try {
      do {
        this.#mustServeAgain = false;
        this.#serveAll(nowMs);
      } while (this.#mustServeAgain);
    } finally {
      this.#isServing = false;
    }
  }

  /** A request left its endpoint. */
  departed(nowMs: Ms): void {
    this.#departures.departed(nowMs);
  }

  /**
   * When a client that was refused should ask again: after so many departures as requests wait, and one, at the rate of the last seconds.
   * Between 1 ms and a minute; a second where none departed.
   */
  pushbackMs(nowMs: Ms): Ms {
    const perMs = this.#departures.perMs(nowMs);
    return perMs === 0 ? UNKNOWN_MS : Math.min(LONGEST_MS, Math.max(1, (this.#count + 1) / perMs));
  }

  #serveAll(nowMs: Ms): void {
    this.#blocked.length = 0;
    for (;;) {
      const best = this.#best();
      if (best === null) return;
      const { request } = best;
      const decision = request.tryAgain(nowMs);
      const queue = this.#queueOf(best.info.model);
      if (decision.kind === 'reject' && decision.reason === 'overloaded') {
        this.#blocked.push(queue.lines[best.isRetry ? 0 : 1]);
        continue;
      }
      queue.take(best);
      this.#left(best, 'placed', nowMs);
      request.onPlace(decision, nowMs);
    }
  }

  /** Of the heads of all lines that may yet find a place, the one of the lowest priority value; a retry first, then the oldest. */
  #best(): Waiting<WaitingRequest> | null {
    let best: Waiting<WaitingRequest> | null = null;
    for (const { lines } of this.#queues.values()) {
      for (const line of lines) {
        const head = this.#blocked.includes(line) ? null : line.next();
        if (head !== null && (best === null || goesBefore(head, best))) best = head;
      }
    }
    return best;
  }

  #left({ info, sinceMs }: Waiting<WaitingRequest>, end: WaitEnd, nowMs: Ms): void {
    this.#count--;
    this.#tell({ kind: 'waited', request: info, waitedMs: nowMs - sinceMs, end, nowMs });
  }

  #queueOf(model: string): RequestQueue<WaitingRequest> {
    const name = this.#nameOf(model);
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new RequestQueue(this.#settings);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** Those that no endpoint lists go to the same endpoints: clients cannot make more queues than there are models. */
  #nameOf(model: string): string {
    return this.#models?.isListed(model) === true ? model : '';
  }
}

const goesBefore = (one: Waiting<WaitingRequest>, other: Waiting<WaitingRequest>): boolean => {
  if (one.info.priority !== other.info.priority) return one.info.priority < other.info.priority;
  return one.isRetry === other.isRetry ? one.sinceMs < other.sinceMs : one.isRetry;
};

const UNKNOWN_MS: Ms = 1000;
const LONGEST_MS: Ms = 60_000;
