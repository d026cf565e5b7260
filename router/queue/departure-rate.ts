import type { Ms } from '../../core/time/clock.ts';

/** How many requests end a millisecond, over the last five seconds. */
export class DepartureRate {
  #sinceMs: Ms = Number.NaN;
  #count = 0;
  /** Of the period before; null where nothing is known of it. */
  #before: number | null = null;

  departed(nowMs: Ms): void {
    this.#pass(nowMs);
    this.#count++;
  }

  /** 0 where none ended. Of the period before this one, the part counts that is still within the length of a period. */
  perMs(nowMs: Ms): number {
    this.#pass(nowMs);
    const passedMs = nowMs - this.#sinceMs;
    if (this.#before === null) return this.#count / Math.max(LEAST_MS, passedMs);
    return (this.#count + this.#before * (1 - passedMs / PERIOD_MS)) / PERIOD_MS;
  }

  #pass(nowMs: Ms): void {
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs >= 0 && passedMs < PERIOD_MS) return;
    const isNext = passedMs >= PERIOD_MS && passedMs < 2 * PERIOD_MS;
    this.#before = isNext ? this.#count : null;
    this.#count = 0;
    this.#sinceMs = isNext ? this.#sinceMs + PERIOD_MS : nowMs; // also for the first one, and for a clock that was set
  }
}

const PERIOD_MS: Ms = 5000;

/** The first departure alone says nothing of a rate. */
const LEAST_MS: Ms = 500;
