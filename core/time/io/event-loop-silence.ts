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
  #longestMs: Ms = 0;

  /** The longest since the start, or since `forget`; one that goes on counts as far as it went. */
  get longestMs(): Ms {
    return Math.max(this.#longestMs, performance.now() - this.#tickedAtMs - TICK_MS);
  }

  forget(): void {
    this.#longestMs = 0;
    this.#tickedAtMs = performance.now();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#longestMs = this.longestMs;
    this.#tickedAtMs = performance.now();
  }
}

const TICK_MS: Ms = 10;
