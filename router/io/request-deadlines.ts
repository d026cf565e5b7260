import type { Ms } from '../../core/time/clock.ts';
import { TimingWheel, type WheelEntry } from '../../core/time/timing-wheel.ts';

/**
 * Deadlines of requests, all on one timer. They count by the monotonic clock of the machine, not by the clock of the run, which is set
 * when the run starts. None is called early; it may be called some milliseconds late.
 */
export class RequestDeadlines {
  readonly #wheel = new TimingWheel({ tickMs: TICK_MS, slots: SLOTS, nowMs: performance.now() });
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires; infinite while there is none. */
  #wakesAtMs: Ms = Number.POSITIVE_INFINITY;

  /** Calls `entry` at that time of the monotonic clock. */
  add(entry: WheelEntry, dueAtMs: Ms): void {
    if (this.#wheel.count === 0) this.#wheel.advance(performance.now());
    this.#wheel.add(entry, dueAtMs);
    // The wheel has looked at times up to the last one that the timer was for.
    if (dueAtMs < this.#wakesAtMs - TICK_MS) this.#arm();
  }

  remove(entry: WheelEntry): void {
    this.#wheel.remove(entry);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakesAtMs = this.#wheel.nextAtMs ?? Number.POSITIVE_INFINITY;
    if (this.#wakesAtMs === Number.POSITIVE_INFINITY) return;
    // A timer may fire up to 1 ms early.
    const waitMs = Math.max(1, Math.ceil(this.#wakesAtMs - performance.now()) + 1);
    this.#timer = setTimeout(this.#onTimer, waitMs).unref(); // what has a deadline has a socket, too
  }

  readonly #onTimer = (): void => {
    this.#wheel.advance(performance.now());
    this.#arm();
  };
}

const TICK_MS: Ms = 2;

/** Four seconds: a deadline that is further away is looked at once in so long. */
const SLOTS = 2048;
