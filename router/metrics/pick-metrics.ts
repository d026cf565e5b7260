import type { Ms } from '../../core/time/clock.ts';
import { PICK_S } from './buckets.ts';
import { HistogramFamily } from './histogram-family.ts';

/** Times choices of an endpoint, where somebody wants to know. */
export interface PickTimer {
  /** A choice begins. Returns what `ended` needs: NaN where this one is not timed. */
  began(): Ms;
  ended(beganAtMs: Ms): void;
}

/**
 * How long the router takes to choose an endpoint: filters and policy. A clock takes longer to read than a policy to pick, so one
 * choice in eight is timed.
 */
export class PickMetrics implements PickTimer {
  readonly #family = new HistogramFamily(PICK, ['']);
  readonly #monotonicMs: () => Ms;
  #picks = 0;

  /** `monotonicMs` reads a clock that nobody sets, in milliseconds with a fraction. */
  constructor(monotonicMs: () => Ms) {
    this.#monotonicMs = monotonicMs;
  }

  began(): Ms {
    return this.#picks++ % PICKS_A_SAMPLE === 0 ? this.#monotonicMs() : Number.NaN;
  }

  ended(beganAtMs: Ms): void {
    if (!Number.isNaN(beganAtMs)) this.#family.record(0, (this.#monotonicMs() - beganAtMs) / 1000);
  }

  under(common: string): void {
    this.#family.under(common);
  }

  /** In the text format of Prometheus. */
  text(): string {
    return this.#family.text();
  }
}

const PICKS_A_SAMPLE = 8;

const PICK = {
  name: 'starlane_router_pick_duration_seconds',
  help: 'To choose an endpoint: filters and policy. One choice in 8 is timed.',
  buckets: PICK_S,
};
