import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { PromptArrival } from './forecast.ts';
import type { Ingest } from './ingest.ts';
import { prefixHashes } from './prefix.ts';
import type { EngineEnd, EngineListener, EngineRequest } from './request.ts';
import { copySequence, newSequence, type Sequence, type SequenceOptions } from './sequence.ts';

/** An accepted request that has not ended. */
export interface OpenRequest extends Sequence {
  readonly listener: EngineListener;
  readonly arrivedAtMs: Ms;
  readonly readyAtMs: Ms;
  readonly stopIngest: Cancel;
  stopDeadline: Cancel | null;
  ended: boolean;
}

/** The accepted requests of an engine that have not ended: their ingest, their deadlines and their listeners. */
export class OpenRequests {
  readonly #clock: Clock;
  readonly #ingest: Ingest;
  readonly #onReady: (request: OpenRequest, dueMs: Ms) => void;
  readonly #onDeadline: (request: OpenRequest, dueMs: Ms) => void;
  readonly #open = new Map<number, OpenRequest>();
  readonly #ingesting = new Set<OpenRequest>();

  constructor(options: {
    readonly clock: Clock;
    /** What comes before a request can be scheduled. */
    readonly ingest: Ingest;
    /** Called when the ingest of a request is over. */
    readonly onReady: (request: OpenRequest, dueMs: Ms) => void;
    /** Called at the deadline of a request, which must then end. */
    readonly onDeadline: (request: OpenRequest, dueMs: Ms) => void;
  }) {
    this.#clock = options.clock;
    this.#ingest = options.ingest;
    this.#onReady = options.onReady;
    this.#onDeadline = options.onDeadline;
  }

  get count(): number {
    return this.#open.size;
  }

  get ingestingCount(): number {
    return this.#ingesting.size;
  }

  ingestingTokens(): number {
    let tokens = 0;
    for (const request of this.#ingesting) tokens += request.promptTokens;
    return tokens;
  }

  has(id: number): boolean {
    return this.#open.has(id);
  }

  find(id: number): OpenRequest | undefined {
    return this.#open.get(id);
  }

  toArray(): OpenRequest[] {
    return [...this.#open.values()];
  }

  add(request: EngineRequest, listener: EngineListener, nowMs: Ms): void {
    const readyAtMs = this.#ingest.take(nowMs, request.promptTokens);
    const open: OpenRequest = {
      ...newSequence(sequenceOptionsOf(request)),
      listener,
      arrivedAtMs: nowMs,
      readyAtMs,
      stopIngest: this.#clock.at(readyAtMs, (dueMs) => {
        this.#ingesting.delete(open);
        this.#onReady(open, dueMs);
      }),
      stopDeadline: null,
      ended: false,
    };
    if (request.deadlineAtMs !== undefined) {
      open.stopDeadline = this.#clock.at(Math.max(request.deadlineAtMs, nowMs), (dueMs) =>
        this.#onDeadline(open, dueMs),
      );
    }
    this.#open.set(request.id, open);
    this.#ingesting.add(open);
  }

  /** A request that needs no ingest: another engine has given its first token, and watches its deadline. */
  addBegun(request: EngineRequest, listener: EngineListener, nowMs: Ms): OpenRequest {
    const open: OpenRequest = {
      ...newSequence(sequenceOptionsOf(request)),
      emitted: 1,
      delivered: 1,
      listener,
      arrivedAtMs: nowMs,
      readyAtMs: nowMs,
      stopIngest: () => {},
      stopDeadline: null,
      ended: false,
    };
    this.#open.set(request.id, open);
    return open;
  }

  end(open: OpenRequest, end: EngineEnd, atMs: Ms): void {
    open.ended = true;
    this.#open.delete(open.id);
    this.#ingesting.delete(open);
    open.stopIngest();
    open.stopDeadline?.();
    open.listener.onEnd(end, atMs);
  }

  /** These requests no longer count as arriving: they are about to end. Nothing waits for the API servers any more. */
  forgetIngest(requests: readonly OpenRequest[]): void {
    this.#ingest.forget();
    for (const request of requests) this.#ingesting.delete(request);
  }

  /** Copies of the requests in ingest, and `coming`, in the order in which their ingest ends. `coming` is in order of arrival. */
  arrivalsWith(coming: readonly PromptArrival[]): PromptArrival[] {
    const arrivals = Array.from(this.#ingesting, (open): PromptArrival => {
      return { atMs: open.readyAtMs, sequence: copySequence(open) };
    });
    const ingest = this.#ingest.copy();
    for (const { atMs, sequence } of coming) {
      arrivals.push({ atMs: ingest.take(atMs, sequence.promptTokens), sequence });
    }
    return arrivals.sort((a, b) => a.atMs - b.atMs);
  }
}

export const sequenceOptionsOf = ({ prefix, ...request }: EngineRequest): SequenceOptions =>
  prefix === undefined
    ? request
    : { ...request, prefix: prefixHashes(prefix, request.promptTokens + request.outputTokens) };
