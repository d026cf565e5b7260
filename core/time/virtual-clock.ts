import type { Cancel, Clock, Ms } from './clock.ts';
import { EventQueue } from './event-queue.ts';

/** A clock that jumps from one event to the next: a run takes only as long as its computation. */
export class VirtualClock implements Clock {
  readonly #queue = new EventQueue();
  #nowMs: Ms;

  constructor(startMs: Ms = 0) {
    this.#nowMs = startMs;
  }

  now(): Ms {
    return this.#nowMs;
  }

  /** An instant in the past is due now, after everything already due now. */
  at(atMs: Ms, fn: (dueMs: Ms) => void): Cancel {
    const event = this.#queue.add(Math.max(atMs, this.#nowMs), fn);
    return () => this.#queue.cancel(event);
  }

  /** When the next event is due; null when there is none. */
  nextAtMs(): Ms | null {
    return this.#queue.nextAtMs();
  }

  /** Runs every event due up to and including `endMs`, then stops at `endMs`. Returns how many ran. */
  runUntil(endMs: Ms): number {
    let ran = 0;
    for (let atMs = this.#queue.nextAtMs(); atMs !== null && atMs <= endMs; atMs = this.#queue.nextAtMs()) {
      this.#nowMs = atMs;
      this.#queue.take()(atMs);
      ran++;
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
    return ran;
  }

  /** Runs every event due before `atMs`, then stops at `atMs`: what is due then comes later. */
  runBefore(atMs: Ms): void {
    for (let dueMs = this.#queue.nextAtMs(); dueMs !== null && dueMs < atMs; dueMs = this.#queue.nextAtMs()) {
      this.#nowMs = dueMs;
      this.#queue.take()(dueMs);
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }
}
