import type { Made, Zod } from '../../core/config/schema-maker.ts';
import { drawAt, streamKey } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import { US_PER_MS } from '../../core/units.ts';
import type { LinkModel } from '../../netem/links/model/link-model.ts';
import { Closings } from './closings.ts';

export const knowledgeSchema = (z: Zod) =>
  z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none').describe('Only what the router measures itself.') }),
      z.strictObject({ kind: z.literal('slots').describe('When the slots of the constellation begin, and no more.') }),
      z.strictObject({
        kind: z.literal('ephemeris').describe('The slots, and the delay of each path for some time ahead.'),
        horizonMs: z.number().positive().default(60_000).describe('How far ahead paths are known, in milliseconds.'),
        errorUs: z
          .number()
          .nonnegative()
          .default(500)
          .describe('Standard deviation of the error of a known round trip, in microseconds; drawn again each slot.'),
      }),
    ])
    .describe('What the router may know of the paths ahead of time. No policy but oracle sees more than this.');

export type Knowledge = Made<typeof knowledgeSchema>;

/**
 * What the router believes of each path. Policies see this and never a true link.
 *
 * `nowMs` is when the question is asked: a question about an instant beyond the horizon gets the answer for the horizon.
 * Answers are cached until the link's next change, so that asking in a pick is cheap; asking changes no answer.
 */
export interface Forecast {
  /** The round trip of a small message that leaves at `atMs`, in milliseconds; NaN where nothing is known. */
  rttMsAt(endpoint: number, atMs: Ms, nowMs: Ms): Ms;
  /** Whether both directions pass at `atMs`; true where nothing is known. */
  isUpAt(endpoint: number, atMs: Ms, nowMs: Ms): boolean;
  /** The first slot boundary of the path after `atMs`; Infinity where none is known. */
  nextHandoverAfter(endpoint: number, atMs: Ms): Ms;
  /**
   * The chance that nothing passes at `atMs`, of three instants `guardMs` apart and not before now: true interruptions stray from the forecast.
   * Only the first interruption that ends after `nowMs` counts, where it begins within the horizon.
   */
  chanceClosedAt(endpoint: number, atMs: Ms, nowMs: Ms, guardMs: Ms): number;
  /**
   * An instant before which no interruption begins that ends after `nowMs`: whenever it is asked from then on, `chanceClosedAt` is 0 for an
   * instant that is more than the guard before it.
   */
  openUntilMs(endpoint: number, nowMs: Ms): Ms;
  /** The first instant after `nowMs` at which the answer of `isUpAt` may change; Infinity for never. */
  nextChangeAfter(endpoint: number, nowMs: Ms): Ms;
}

/** When a path gets new satellites: at `offsetMs` in scenario time and every `periodMs` before and after. */
export interface Slots {
  readonly periodMs: Ms;
  readonly offsetMs: Ms;
}

/**
 * Both directions of the path of an endpoint. Give the layers that can be foreseen (geometry, the choice of satellite,
 * planned outages), not weather or congestion. A path without `slots` (fibre) has no hand-overs.
 */
export interface ForecastPath {
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly slots?: Slots | undefined;
}

/** The forecast over the paths of all endpoints, in the order of the table; `seed` draws its errors. */
export const linkForecast = (
  paths: readonly ForecastPath[],
  knowledge: Knowledge,
  seed: number | string = 0,
): Forecast => {
  if (knowledge.kind === 'none') return noForecast;
  if (knowledge.kind === 'slots') return slotForecast(paths);
  return new EphemerisForecast(paths, knowledge, seed);
};

/** A forecast that knows nothing. */
export const noForecast: Forecast = {
  rttMsAt: () => Number.NaN,
  isUpAt: () => true,
  nextHandoverAfter: () => Number.POSITIVE_INFINITY,
  chanceClosedAt: () => 0,
  openUntilMs: () => Number.POSITIVE_INFINITY,
  nextChangeAfter: () => Number.POSITIVE_INFINITY,
};

const slotForecast = (paths: readonly ForecastPath[]): Forecast => ({
  ...noForecast,
  nextHandoverAfter: (endpoint, atMs) => nextSlotAfter(paths[endpoint]!.slots, atMs),
});

const nextSlotAfter = (slots: Slots | undefined, atMs: Ms): Ms =>
  slots === undefined ? Number.POSITIVE_INFINITY : slots.offsetMs + (slotAt(slots, atMs) + 1) * slots.periodMs;

const slotAt = (slots: Slots, atMs: Ms): number => Math.floor((atMs - slots.offsetMs) / slots.periodMs);

/** Caches two answers for each endpoint: one about now and one about an instant ahead. */
class EphemerisForecast implements Forecast {
  readonly #paths: readonly ForecastPath[];
  readonly #horizonMs: Ms;
  readonly #errorUs: number;
  readonly #seed: number | string;
  readonly #fromMs: Float64Array;
  readonly #untilMs: Float64Array;
  readonly #rttMs: Float64Array;
  readonly #up: Uint8Array;
  readonly #closings: Closings;

  constructor(
    paths: readonly ForecastPath[],
    knowledge: Extract<Knowledge, { kind: 'ephemeris' }>,
    seed: number | string,
  ) {
    this.#paths = paths;
    this.#horizonMs = knowledge.horizonMs;
    this.#errorUs = knowledge.errorUs;
    this.#seed = seed;
    this.#fromMs = new Float64Array(paths.length * 2).fill(Number.NaN);
    this.#untilMs = new Float64Array(paths.length * 2).fill(Number.NaN);
    this.#rttMs = new Float64Array(paths.length * 2);
    this.#up = new Uint8Array(paths.length * 2);
    this.#closings = new Closings(paths, knowledge.horizonMs);
  }

  rttMsAt(endpoint: number, atMs: Ms, nowMs: Ms): Ms {
    return this.#rttMs[this.#answer(endpoint, atMs, nowMs)]!;
  }

  isUpAt(endpoint: number, atMs: Ms, nowMs: Ms): boolean {
    return this.#up[this.#answer(endpoint, atMs, nowMs)] === 1;
  }

  nextHandoverAfter(endpoint: number, atMs: Ms): Ms {
    return nextSlotAfter(this.#paths[endpoint]!.slots, atMs);
  }

  chanceClosedAt(endpoint: number, atMs: Ms, nowMs: Ms, guardMs: Ms): number {
    const fromMs = this.#closings.fromMs(endpoint, nowMs);
    return atMs + guardMs < fromMs ? 0 : this.#closings.chanceAt(endpoint, atMs, nowMs, guardMs);
  }

  openUntilMs(endpoint: number, nowMs: Ms): Ms {
    return this.#closings.openUntilMs(endpoint, nowMs);
  }

  nextChangeAfter(endpoint: number, nowMs: Ms): Ms {
    return this.#untilMs[this.#answer(endpoint, nowMs, nowMs)]!;
  }

  /** The index of the answer for that instant in the arrays. */
  #answer(endpoint: number, askedMs: Ms, nowMs: Ms): number {
    const atMs = Math.min(askedMs, nowMs + this.#horizonMs);
    const index = endpoint * 2 + (atMs > nowMs ? 1 : 0);
    if (!(atMs >= this.#fromMs[index]! && atMs < this.#untilMs[index]!)) this.#remember(index, endpoint, atMs);
    return index;
  }

  #remember(index: number, endpoint: number, atMs: Ms): void {
    const { forward, back, slots } = this.#paths[endpoint]!;
    const there = forward.stateAt(atMs);
    const home = back.stateAt(atMs);
    const rttUs = there.delayUs + home.delayUs + this.#errorAt(endpoint, atMs);
    this.#rttMs[index] = Math.max(0, rttUs) / US_PER_MS;
    this.#up[index] = there.up && home.up ? 1 : 0;
    this.#fromMs[index] = atMs;
    this.#untilMs[index] = Math.min(
      forward.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY,
      back.nextChangeAfter(atMs) ?? Number.POSITIVE_INFINITY,
      nextSlotAfter(slots, atMs),
    );
  }

  /** In microseconds: uniform with the wanted standard deviation, one draw a slot, or one a run for a path without. */
  #errorAt(endpoint: number, atMs: Ms): number {
    const { slots } = this.#paths[endpoint]!;
    const key = streamKey(`${this.#seed}/forecast/${endpoint}`);
    return (2 * drawAt(key, slots === undefined ? 0 : slotAt(slots, atMs)) - 1) * Math.sqrt(3) * this.#errorUs;
  }
}
