import { drawAt } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { US_PER_MS } from '../../../core/units.ts';
import type { LinkModel, LinkState } from './link-model.ts';
import { JITTER_WINDOW_MS } from './travel.ts';

/**
 * A link for a reader whose instants are near each other: how it is from `FROM` to before `TO`, where nothing about it changes, jitter
 * included.
 *
 * Hot path: what a reader needs is in `STEADY_CELLS` cells of an array, side by side, where a reader of several links has all of them. The link
 * is asked once for each of its changes; jitter, which changes each 10 ms, is drawn from those cells alone.
 */
export class SteadyLink {
  state: LinkState = NOTHING_READ;
  readonly cells: Float64Array;
  readonly #at: number;
  readonly #link: LinkModel;
  readonly #jitterKey: number;

  /** Keeps its cells in `cells`, from `at` on. */
  constructor(link: LinkModel, jitterKey: number, cells = new Float64Array(STEADY_CELLS), at = 0) {
    this.#link = link;
    this.#jitterKey = jitterKey;
    this.cells = cells;
    this.#at = at;
    cells.fill(Number.NaN, at, at + STEADY_CELLS);
  }

  /** Reads how the link is at `atMs`. */
  moveTo(atMs: Ms): void {
    const { cells } = this;
    const at = this.#at;
    if (!(atMs >= cells[at + READ_AT]! && atMs < cells[at + CHANGES_AT]!)) this.#read(atMs);
    const jitterUs = cells[at + JITTER_US]!;
    if (jitterUs === 0) {
      cells[at + FROM] = cells[at + READ_AT]!;
      cells[at + TO] = cells[at + CHANGES_AT]!;
      cells[at + TRAVEL] = cells[at + DELAY_US]! / US_PER_MS;
      return;
    }
    const window = Math.floor(atMs / JITTER_WINDOW_MS);
    const uniform = drawAt(this.#jitterKey, window) * 2 - 1;
    cells[at + FROM] = atMs;
    cells[at + TO] = Math.min(cells[at + CHANGES_AT]!, (window + 1) * JITTER_WINDOW_MS);
    cells[at + TRAVEL] = Math.max(0, cells[at + DELAY_US]! + uniform * jitterUs) / US_PER_MS;
  }

  #read(atMs: Ms): void {
    const { cells } = this;
    const at = this.#at;
    const state = this.#link.stateAt(atMs);
    this.state = state;
    cells[at + READ_AT] = atMs;
    cells[at + CHANGES_AT] = this.#link.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY;
    cells[at + DELAY_US] = state.delayUs;
    cells[at + JITTER_US] = state.jitterUs;
    cells[at + LOSS_RATE] = state.up && state.burst === undefined ? state.lossRate : Number.NaN;
    cells[at + RATE_KBPS] = state.queue === undefined ? state.rateKbps : Number.NaN;
  }
}

/** From when until before when this holds, and how long a message travels; NaN before the first look. */
export const FROM = 0;
export const TO = 1;
export const TRAVEL = 2;
/** Of independent losses; NaN where the link is down, or loses in bursts. */
export const LOSS_RATE = 3;
/** 0 is unlimited; NaN where the queue has a bound. */
export const RATE_KBPS = 4;
const READ_AT = 5;
const CHANGES_AT = 6;
const DELAY_US = 7;
const JITTER_US = 8;

export const STEADY_CELLS = 9;

const NOTHING_READ: LinkState = { up: false, delayUs: 0, jitterUs: 0, lossRate: 0, rateKbps: 0 };
