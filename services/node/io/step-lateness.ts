import type { Event } from '../../../core/event/event.ts';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { EventLoopSilence } from '../../../core/time/io/event-loop-silence.ts';
import { US_PER_MS } from '../../../core/units.ts';

/** Whether a live node keeps its own step clock: how late its steps end, and how long its event loop is blocked. */
export class StepLateness {
  readonly #node: string;
  readonly #silence = new EventLoopSilence();
  #late = new Histogram();

  constructor(node: string) {
    this.#node = node;
  }

  /** A step ended `lateMs` after it was due. */
  readonly record = (lateMs: Ms): void => this.#late.record(lateMs * US_PER_MS);

  /** Starts again: what was before is not reported. */
  forget(): void {
    this.#late = new Histogram();
    this.#silence.forget();
  }

  /** The figures at `atMs`, as an event. */
  event(atMs: Ms): Extract<Event, { kind: 'lateness' }> {
    const quantileMs = (share: number): Ms => (this.#late.count === 0 ? 0 : this.#late.quantileUs(share) / US_PER_MS);
    return {
      kind: 'lateness',
      atMs,
      node: this.#node,
      steps: this.#late.count,
      lateP50Ms: quantileMs(0.5),
      lateP99Ms: quantileMs(0.99),
      lateMaxMs: this.#late.maxUs / US_PER_MS,
      longestSilenceMs: this.#silence.longestMs,
    };
  }

  close(): void {
    this.#silence.close();
  }
}
