import type { AnswerGaps, Event } from '../../core/event/event.ts';
import { Histogram } from '../../core/stats/histogram.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** The gaps between messages of all answers that one process of clients gets in a run. */
export class RunGaps {
  readonly #all = new Histogram();
  readonly #warmUpMs: Ms;
  readonly #stallMs: Ms;

  constructor(options: { readonly warmUpMs: Ms; readonly stallMs: Ms }) {
    this.#warmUpMs = options.warmUpMs;
    this.#stallMs = options.stallMs;
  }

  /** Follows the answer to `planned`. Gaps of requests that were intended in the warm-up count for their answer alone. */
  of({ atMs }: Pick<PlannedRequest, 'atMs'>): GapsOfAnswer {
    return new GapsOfAnswer(atMs >= this.#warmUpMs ? this.#all : null, this.#stallMs);
  }

  /** What the process logs at the end of the run under its name. */
  event(part: string, atMs: Ms): Event {
    return { kind: 'gaps', atMs, part, buckets: this.#all.buckets, maxUs: Math.round(this.#all.maxUs) };
  }
}

/** The gaps of one answer. Every message of a run passes here, so nothing is allocated but one of these an answer. */
export class GapsOfAnswer {
  readonly #all: Histogram | null;
  readonly #stallMs: Ms;
  #n = 0;
  #maxMs = 0;
  #stalls = 0;
  #overMs = 0;

  constructor(all: Histogram | null, stallMs: Ms) {
    this.#all = all;
    this.#stallMs = stallMs;
  }

  /** A message came `gapMs` after the one before it. */
  add(gapMs: Ms): void {
    this.#all?.record(gapMs * 1000);
    this.#n++;
    if (gapMs > this.#maxMs) this.#maxMs = gapMs;
    if (gapMs <= this.#stallMs) return;
    this.#stalls++;
    this.#overMs += gapMs - this.#stallMs;
  }

  /** What a `finished` event says of them: nothing where there was no gap. */
  logged(): { readonly gaps?: AnswerGaps } {
    if (this.#n === 0) return {};
    return { gaps: { n: this.#n, maxMs: tenth(this.#maxMs), stalls: this.#stalls, overMs: tenth(this.#overMs) } };
  }
}

/** To a tenth of a microsecond, as the log keeps instants. */
const tenth = (ms: Ms): Ms => Math.round(ms * 1e4) / 1e4;
