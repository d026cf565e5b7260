import { drawAt, streamKey } from '../../../core/random/rng.ts';
import { memoByIndex } from './memo-by-index.ts';
import type { Site } from './site.ts';
import type { Sky } from './sky.ts';
import type { Snapshot } from './snapshot.ts';
import type { TimeGrid } from './time-grid.ts';
import type { VisibleSatellites } from './visible-satellites.ts';

/**
 * The satellite that serves each user's terminal. It is drawn for a whole slot; high satellites are preferred. A pure
 * function of (seed, site, slot): every part of a run computes the same answer.
 */
export class ServingSatellites {
  readonly #sky: Sky;
  readonly #slots: TimeGrid;
  readonly #epochUnixMs: number;
  readonly #seed: number;
  readonly #held: ((slot: number) => number)[] = [];

  constructor(options: {
    readonly sky: Sky;
    readonly slots: TimeGrid;
    readonly epochUnixMs: number;
    readonly seed: number;
  }) {
    this.#sky = options.sky;
    this.#slots = options.slots;
    this.#epochUnixMs = options.epochUnixMs;
    this.#seed = options.seed;
  }

  /**
   * The satellite that serves `site` during `slot`, or -1 when none sees it. The draw is among the satellites that stay in
   * view for the whole slot. If there is none, the highest at the instant of `snapshot` serves.
   */
  at(snapshot: Snapshot, site: Site, slot: number): number {
    return this.orHighest(this.held(site, slot), snapshot, site);
  }

  /** The satellite that was drawn for `site` and `slot`; -1 when none stays in view. */
  held(site: Site, slot: number): number {
    return this.#heldBy(site)(slot);
  }

  /** `held`, or the highest at the instant of `snapshot` where that is -1. */
  orHighest(held: number, snapshot: Snapshot, site: Site): number {
    return held === -1 ? highest(snapshot.visibleFrom(site)) : held;
  }

  /** The satellites that may be given to `site` for `slot`, each with the chance of it; none when none stays in view. */
  choices(site: Site, slot: number): readonly Choice[] {
    const weighed = this.#weighed(site, slot);
    const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
    return weighed.map(({ satellite, weight }) => ({ satellite, chance: weight / total }));
  }

  #heldBy(site: Site): (slot: number) => number {
    let held = this.#held[site.index];
    if (held === undefined) {
      const key = streamKey(`${this.#seed}/serving/${site.name}`);
      held = memoByIndex((slot) => this.#draw(site, slot, drawAt(key, slot)));
      this.#held[site.index] = held;
    }
    return held;
  }

  #draw(site: Site, slot: number, draw: number): number {
    const weighed = this.#weighed(site, slot);
    let left = draw * weighed.reduce((sum, { weight }) => sum + weight, 0);
    let drawn = -1;
    for (const { satellite, weight } of weighed) {
      drawn = satellite;
      left -= weight;
      if (left < 0) break;
    }
    return drawn;
  }

  /** The satellites that stay in view of `site` for the whole of `slot`. */
  #weighed(site: Site, slot: number): readonly { readonly satellite: number; readonly weight: number }[] {
    const startUnixMs = this.#epochUnixMs + this.#slots.startMs(slot);
    const start = this.#sky.at(startUnixMs).visibleFrom(site);
    // A failure within the slot is not known at its start.
    const end = this.#sky.at(this.#epochUnixMs + this.#slots.startMs(slot + 1), startUnixMs).visibleFrom(site);
    const weighed = [];
    for (let index = 0; index < start.count; index++) {
      const satellite = start.satellites[index]!;
      // A satellite in view at both ends of a slot is in view all the time: a pass rises and sets once.
      if (end.indexOf(satellite) === -1) continue;
      weighed.push({ satellite, weight: preference(start.elevationSine[index]!) });
    }
    return weighed;
  }
}

/** A satellite that may serve a dish. */
export interface Choice {
  readonly satellite: number;
  /** More than 0, at most 1; the chances of a slot add up to 1. */
  readonly chance: number;
}

/**
 * How much more often a satellite is chosen than one at the horizon. The exponent reproduces the measurement: chosen
 * satellites are a median 23 degrees above the available ones, and 80 % of them are at 45 to 90 degrees.
 * Source: Tanveer and others, CoNEXT-C 2023.
 */
const preference = (elevationSine: number): number => Math.exp(PREFERENCE * elevationSine);

const PREFERENCE = 8.5;

const highest = ({ satellites, elevationSine, count }: VisibleSatellites): number => {
  let best = -1;
  for (let index = 0; index < count; index++) {
    if (best === -1 || elevationSine[index]! > elevationSine[best]!) best = index;
  }
  return best === -1 ? -1 : satellites[best]!;
};
