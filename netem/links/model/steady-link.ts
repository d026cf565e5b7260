import type { Ms } from '../../../core/time/clock.ts';
import type { LinkModel, LinkState } from './link-model.ts';
import { JITTER_WINDOW_MS, travelMs } from './travel.ts';

/**
 * A link for a reader whose instants are near each other: how it is from `fromMs` to before `toMs`, where nothing about it changes, jitter
 * included.
 *
 * Hot path: between these its fields are all that a reader needs, and the link is asked once for each of its changes.
 */
export class SteadyLink {
  fromMs: Ms = Number.POSITIVE_INFINITY;
  toMs: Ms = Number.NEGATIVE_INFINITY;
  state: LinkState = NOTHING_READ;
  /** How long a message travels. */
  travelMs: Ms = Number.NaN;
  readonly #link: LinkModel;
  readonly #jitterKey: number;
  /** When the state was read, and when it may change. */
  #readAtMs: Ms = Number.POSITIVE_INFINITY;
  #changesAtMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(link: LinkModel, jitterKey: number) {
    this.#link = link;
    this.#jitterKey = jitterKey;
  }

  /** Reads how the link is at `atMs`. */
  moveTo(atMs: Ms): void {
    if (!(atMs >= this.#readAtMs && atMs < this.#changesAtMs)) {
      this.state = this.#link.stateAt(atMs);
      this.#readAtMs = atMs;
      this.#changesAtMs = this.#link.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY;
    }
    const { state } = this;
    this.travelMs = travelMs(state, this.#jitterKey, atMs);
    this.fromMs = state.jitterUs === 0 ? this.#readAtMs : atMs;
    this.toMs = state.jitterUs === 0 ? this.#changesAtMs : Math.min(this.#changesAtMs, jitterEndMs(atMs));
  }
}

const jitterEndMs = (atMs: Ms): Ms => (Math.floor(atMs / JITTER_WINDOW_MS) + 1) * JITTER_WINDOW_MS;

const NOTHING_READ: LinkState = { up: false, delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 };
