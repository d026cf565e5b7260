import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Ms } from '../clock.ts';

/**
 * How long the event loop of this process was blocked: computing, a pause, or a lack of CPU time keeps sockets, timers and
 * signals waiting as long. Exact to `TICK_MS`, and never reported longer than it was.
 */
export class EventLoopSilence {
  readonly #ticks = monitorEventLoopDelay({ resolution: TICK_MS });

  constructor() {
    this.#ticks.enable();
  }

  /** The longest since the start, or since `forget`. */
  get longestMs(): Ms {
    return Math.max(0, this.#ticks.max / NS_PER_MS - TICK_MS);
  }

  forget(): void {
    this.#ticks.reset();
  }

  close(): void {
    this.#ticks.disable();
  }
}

const TICK_MS = 10;
const NS_PER_MS = 1e6;
