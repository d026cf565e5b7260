import { z } from 'zod';
import type { Ms } from '../../../core/time/clock.ts';

/** The processes that take requests before the engine does. */
export const apiServersSchema = z.strictObject({
  count: z.int().positive().max(1024).default(1).describe('Processes that work side by side.'),
  busyMs: z
    .number()
    .nonnegative()
    .max(60_000)
    .default(1)
    .describe('How long a request keeps one of them busy, beside the time of its tokens.'),
});

export interface IngestOptions {
  /** Time of any request before it can be scheduled: parsing, hand-over to the engine. */
  readonly ingestMs: Ms;
  /** Tokenising, for a token of the prompt. Default 0. */
  readonly ingestTokenUs?: number;
  /** Requests queue for these; null (the default) for as many as come. */
  readonly apiServers?: z.output<typeof apiServersSchema> | null;
}

/**
 * What a request goes through before the scheduler knows of it: ingestMs + tokens * ingestTokenUs. With `apiServers`, each
 * request keeps one of them busy for busyMs and the time of its tokens, first come first served, and ingestMs comes after that.
 */
export class Ingest {
  readonly #ingestMs: Ms;
  #tokenMs: Ms;
  #busyMs: Ms;
  /** When each API server is free; empty when there are as many as needed. */
  #freeAtMs: Ms[];

  constructor({ ingestMs, ingestTokenUs = 0, apiServers = null }: IngestOptions) {
    this.#ingestMs = ingestMs;
    this.#tokenMs = ingestTokenUs / 1e3;
    this.#busyMs = apiServers?.busyMs ?? 0;
    this.#freeAtMs = Array.from({ length: apiServers?.count ?? 0 }, () => Number.NEGATIVE_INFINITY);
  }

  /** When a request that arrives now can be scheduled. It takes its place at an API server. */
  take(nowMs: Ms, promptTokens: number): Ms {
    const free = this.#firstFree();
    const startMs = free < 0 ? nowMs : Math.max(nowMs, this.#freeAtMs[free]!);
    const freeAtMs = startMs + this.#busyMs + promptTokens * this.#tokenMs;
    if (free >= 0) this.#freeAtMs[free] = freeAtMs;
    return freeAtMs + this.#ingestMs;
  }

  /** Another in the same state, for a forecast. */
  copy(): Ingest {
    const copy = new Ingest({ ingestMs: this.#ingestMs });
    copy.#tokenMs = this.#tokenMs;
    copy.#busyMs = this.#busyMs;
    copy.#freeAtMs = this.#freeAtMs.slice();
    return copy;
  }

  /** The processes start again: nothing waits for them. */
  forget(): void {
    this.#freeAtMs.fill(Number.NEGATIVE_INFINITY);
  }

  #firstFree(): number {
    let first = -1;
    for (let index = 0; index < this.#freeAtMs.length; index++)
      if (first < 0 || this.#freeAtMs[index]! < this.#freeAtMs[first]!) first = index;
    return first;
  }
}
