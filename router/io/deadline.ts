import type { Ms } from '../../core/time/clock.ts';

/**
 * A deadline that many milliseconds from now. It counts by the monotonic clock of the machine, not by the clock of the run,
 * which is set when the run starts. It never fires early.
 */
export class Deadline {
  readonly #atMs: Ms;
  readonly #timer: NodeJS.Timeout | null;

  constructor(timeoutMs: Ms, onExpired: () => void) {
    this.#atMs = performance.now() + timeoutMs;
    // A timer may fire up to 1 ms early. A wait beyond its range (24 days) would fire at once.
    const waitMs = Math.ceil(timeoutMs) + 1;
    this.#timer = waitMs > LONGEST_TIMER_MS ? null : setTimeout(onExpired, waitMs);
  }

  /** What is left of it, in milliseconds; negative once it has passed. */
  leftMs(): Ms {
    return this.#atMs - performance.now();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
