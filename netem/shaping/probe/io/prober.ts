import type { EventSink } from '../../../../core/event/event.ts';
import type { Ms } from '../../../../core/time/clock.ts';
import { steadyUnixMs } from '../../../../core/time/io/steady-unix.ts';
import { PathProbes, type ProbedAddress } from './path-probes.ts';

export interface ProberOptions {
  /** Where the probes of each path enter it; an `Echo` at its other end sends them back. */
  readonly paths: Readonly<Record<string, ProbedAddress>>;
  /** Interval between probes of a path, whole milliseconds. It does not divide the steps of links, so it meets all phases. */
  readonly everyMs: Ms;
  /** Gets one event for each answer, and about once a second one for those that did not come. */
  readonly emit: EventSink;
  /** See `PathProbesOptions`. */
  readonly answerMs?: Ms;
}

/**
 * Measures round trips during a run: a connection of its own for each path, and a message of four bytes each `everyMs`,
 * whether the last was answered or not. Both readings are from one clock. See `PathProbes` for when a probe is lost.
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #paths: readonly PathProbes[];
  readonly #timers: NodeJS.Timeout[] = [];
  #startUnixMs = Number.POSITIVE_INFINITY;

  private constructor(options: ProberOptions) {
    this.#options = options;
    // Reads the time as `SystemClock` does, but without its thread.
    const now = (): Ms => steadyUnixMs() - this.#startUnixMs;
    const { paths, everyMs: _, ...probing } = options;
    this.#paths = Object.entries(paths).map(([path, address]) => new PathProbes({ path, address, now, ...probing }));
  }

  /** Connects to every path; rejects when one refuses. Sends nothing until `begin`. */
  static async connect(options: ProberOptions): Promise<Prober> {
    const prober = new Prober(options);
    try {
      await Promise.all(prober.#paths.map((path) => path.connect()));
      return prober;
    } catch (error) {
      prober.close();
      throw error;
    }
  }

  /** Starts probing; the instants in the log count from `startUnixMs`, and none is before it. */
  begin(startUnixMs: number): void {
    const { everyMs } = this.#options;
    this.#startUnixMs = startUnixMs;
    const waitMs = Math.max(0, startUnixMs - steadyUnixMs());
    for (const [index, path] of this.#paths.entries()) {
      // Spread over the interval, so that probes of two paths do not wait for each other.
      const firstMs = waitMs + (everyMs * index) / this.#paths.length;
      const start = (): void => void this.#timers.push(setInterval(() => path.probe(), everyMs).unref());
      this.#timers.push(setTimeout(start, firstMs).unref());
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const path of this.#paths) path.close();
  }
}
