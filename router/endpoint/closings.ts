import type { Ms } from '../../core/time/clock.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';

/**
 * The next interval of each path in which nothing passes. It is looked for once, ahead of time, so that a pick compares two numbers. Answers
 * depend on the instants of questions alone, not on which were asked before.
 */
export class Closings {
  readonly #paths: readonly { readonly forward: LinkModel; readonly back: LinkModel }[];
  readonly #horizonMs: Ms;
  /** The interval that was found last; before it nothing is closed from `#sinceMs` on. */
  readonly #fromMs: Float64Array;
  readonly #toMs: Float64Array;
  readonly #sinceMs: Float64Array;
  /** Up to where the path is known; the first instant that was not looked at. */
  readonly #searchedMs: Float64Array;

  constructor(paths: readonly { readonly forward: LinkModel; readonly back: LinkModel }[], horizonMs: Ms) {
    this.#paths = paths;
    this.#horizonMs = horizonMs;
    this.#fromMs = new Float64Array(paths.length).fill(Number.NEGATIVE_INFINITY);
    this.#toMs = new Float64Array(paths.length).fill(Number.NEGATIVE_INFINITY);
    this.#sinceMs = new Float64Array(paths.length).fill(Number.POSITIVE_INFINITY);
    this.#searchedMs = new Float64Array(paths.length);
  }

  /** When the first interval that ends after `nowMs` begins; Infinity where none begins within the horizon. */
  fromMs(endpoint: number, nowMs: Ms): Ms {
    this.#look(endpoint, nowMs);
    const fromMs = this.#fromMs[endpoint]!;
    return this.#toMs[endpoint]! > nowMs && fromMs <= nowMs + this.#horizonMs ? fromMs : Number.POSITIVE_INFINITY;
  }

  /** When that interval ends. */
  toMs(endpoint: number, nowMs: Ms): Ms {
    return this.fromMs(endpoint, nowMs) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#toMs[endpoint]!;
  }

  /** An instant before which no interval begins that ends after `nowMs`: where the next one begins, or up to where was looked. */
  openUntilMs(endpoint: number, nowMs: Ms): Ms {
    this.#look(endpoint, nowMs);
    return this.#toMs[endpoint]! > nowMs ? this.#fromMs[endpoint]! : this.#searchedMs[endpoint]!;
  }

  /** The share of three instants, a guard apart and not before now, that the interval has. */
  chanceAt(endpoint: number, atMs: Ms, nowMs: Ms, guardMs: Ms): number {
    const fromMs = this.fromMs(endpoint, nowMs);
    const toMs = this.toMs(endpoint, nowMs);
    const beforeMs = Math.max(nowMs, atMs - guardMs);
    const before = beforeMs >= fromMs && beforeMs < toMs ? 1 : 0;
    const then = atMs >= fromMs && atMs < toMs ? 1 : 0;
    const after = atMs + guardMs >= fromMs && atMs + guardMs < toMs ? 1 : 0;
    return (before + then + after) / 3;
  }

  #look(endpoint: number, nowMs: Ms): void {
    if (nowMs < this.#sinceMs[endpoint]!) {
      this.#sinceMs[endpoint] = nowMs;
      this.#toMs[endpoint] = Number.NEGATIVE_INFINITY;
      this.#searchedMs[endpoint] = nowMs;
    }
    const untilMs = nowMs + this.#horizonMs;
    if (this.#toMs[endpoint]! > nowMs || this.#searchedMs[endpoint]! > untilMs) return;
    if (this.#toMs[endpoint]! > Number.NEGATIVE_INFINITY) {
      this.#sinceMs[endpoint] = nowMs; // the one that is over is forgotten
      this.#toMs[endpoint] = Number.NEGATIVE_INFINITY;
    }
    let atMs = this.#searchedMs[endpoint]!;
    if (atMs < nowMs) {
      atMs = nowMs;
      this.#sinceMs[endpoint] = nowMs; // what was between is not looked at
    }
    while (atMs <= untilMs && this.#isUp(endpoint, atMs)) atMs = this.#nextChange(endpoint, atMs);
    if (atMs <= untilMs) {
      this.#fromMs[endpoint] = atMs;
      const lastMs = atMs + this.#horizonMs;
      while (atMs <= lastMs && !this.#isUp(endpoint, atMs)) atMs = this.#nextChange(endpoint, atMs);
      this.#toMs[endpoint] = atMs;
    }
    this.#searchedMs[endpoint] = atMs;
  }

  #isUp(endpoint: number, atMs: Ms): boolean {
    const { forward, back } = this.#paths[endpoint]!;
    return forward.stateAt(atMs).up && back.stateAt(atMs).up;
  }

  #nextChange(endpoint: number, atMs: Ms): Ms {
    const { forward, back } = this.#paths[endpoint]!;
    return Math.min(
      forward.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY,
      back.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY,
    );
  }
}
