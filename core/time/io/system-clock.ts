import type { Cancel, Clock, Ms } from '../clock.ts';
import { EventQueue } from '../event-queue.ts';
import { Metronome } from './metronome.ts';
import { steadyUnixMs } from './steady-unix.ts';

/**
 * Real time, in milliseconds since `startUnixMs`; it may be negative before the start.
 *
 * It reads the monotonic clock, anchored once to the wall clock of the machine, so it never goes back, a step of the wall
 * clock moves no timer, and the processes of one machine agree to some tens of microseconds. `setTimeout` fires up to 1 ms
 * early and more than 1 ms late, so a metronome thread wakes this one about 0.1 ms before an event is due, then it polls.
 *
 * A process that falls behind is not blocked: after `SLICE_MS` of callbacks in a row the event loop runs one turn, so that
 * sockets, signals and other timers are served. Then the callbacks that are due continue in their order.
 */
export class SystemClock implements Clock {
  readonly #queue = new EventQueue();
  readonly #metronome = new Metronome(() => this.#wake());
  #offsetMs: number;
  #isRunning = false;
  #polling: NodeJS.Immediate | null = null;

  constructor(options: { readonly startUnixMs: number }) {
    this.#offsetMs = performance.timeOrigin - options.startUnixMs;
  }

  /** A clock of a run whose start is not known yet: it reads a time far before the start until `startAt`. */
  static notStarted(): SystemClock {
    return new SystemClock({ startUnixMs: steadyUnixMs() + FAR_MS });
  }

  now(): Ms {
    return performance.now() + this.#offsetMs;
  }

  at(atMs: Ms, fn: (dueMs: Ms) => void): Cancel {
    const event = this.#queue.add(atMs, fn);
    if (this.#queue.nextAtMs() === atMs) this.#arm();
    return () => this.#queue.cancel(event);
  }

  /**
   * Moves the start of the run to `startUnixMs`, which must not make the clock go back. A run whose parts are up before
   * its start is known begins with a start in the far future. Callbacks that are now due run at once.
   */
  startAt(startUnixMs: number): void {
    const offsetMs = performance.timeOrigin - startUnixMs;
    if (offsetMs < this.#offsetMs) throw new RangeError(`a start at ${startUnixMs} would turn the clock back`);
    this.#offsetMs = offsetMs;
    this.#arm();
  }

  /** Drops every event and stops the thread. */
  close(): void {
    this.#queue.clear();
    if (this.#polling !== null) clearImmediate(this.#polling);
    this.#metronome.close();
  }

  #arm(): void {
    if (this.#isRunning || this.#polling !== null) return;
    const nextMs = this.#queue.nextAtMs();
    if (nextMs === null) {
      this.#metronome.rest();
    } else if (nextMs - POLL_MS > this.now()) {
      this.#metronome.wakeAt(nextMs - POLL_MS - this.#offsetMs);
    } else {
      this.#polling = setImmediate(() => this.#wake());
    }
  }

  #wake(): void {
    if (this.#polling !== null) clearImmediate(this.#polling); // the thread may wake this one while it polls
    this.#polling = null;
    this.#isRunning = true; // `at` inside a callback must not arm: the `finally` below does
    try {
      const yieldsAtMs = this.now() + SLICE_MS;
      for (let nowMs = this.now(); nowMs < yieldsAtMs; nowMs = this.now()) {
        const atMs = this.#queue.nextAtMs();
        if (atMs === null || atMs > nowMs) break;
        this.#queue.take()(atMs);
      }
    } finally {
      this.#isRunning = false;
      this.#arm(); // also when a callback threw: the others are still due
    }
  }
}

const FAR_MS = 86_400_000;

/** How long before an event the thread wakes: about the usual lateness of a futex time-out on Linux. */
const POLL_MS = 0.1;

/**
 * How long callbacks may run in a row. A turn of the event loop costs some tens of microseconds, so even a process that is
 * always behind spends little of its time on them.
 */
const SLICE_MS: Ms = 2;
