import { Histogram } from '../../stats/histogram.ts';
import { US_PER_MS } from '../../units.ts';
import type { Ms } from '../clock.ts';

/**
 * How long the event loop of this process was blocked: computing, a pause, or a lack of CPU time keeps sockets, timers and
 * signals waiting as long. Exact to `TICK_MS`, and never reported longer than it was since the start or the last `forget`.
 *
 * `monitorEventLoopDelay` does not do: it drops the interval in which it is reset, and what is blocked then is never told.
 */
export class EventLoopSilence {
  readonly #timer = setInterval(() => this.#tick(), TICK_MS).unref();
  #tickedAtMs: Ms = performance.now();
  #waits = new Histogram();

  /** The longest; one that goes on counts as far as it went. */
  get longestMs(): Ms {
    return Math.max(this.#waits.maxUs / US_PER_MS, this.#silentMs);
  }

  /** 99 of 100 moments waited no longer for the loop; 0 before the first tick. A long silence counts for as many moments as it lasted. */
  get waitP99Ms(): Ms {
    return this.#waits.count === 0 ? 0 : this.#waits.quantileUs(0.99) / US_PER_MS;
  }

  forget(): void {
    this.#waits = new Histogram();
    this.#tickedAtMs = performance.now();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #silentMs(): Ms {
    return Math.max(0, performance.now() - this.#tickedAtMs - TICK_MS);
  }

  #tick(): void {
    const silentMs = this.#silentMs;
    this.#waits.record(silentMs * US_PER_MS, 1 + silentMs / TICK_MS);
    this.#tickedAtMs = performance.now();
  }
}

const TICK_MS: Ms = 10;
