import type { Objectives } from '../../core/event/event.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';

/** The service level objectives of a scenario: those of a class in place of the usual ones. */
export interface ServiceObjectives extends Objectives {
  readonly byClass?: Readonly<Record<string, Objectives>>;
}

/** Those of a scenario that says nothing of them. */
export const USUAL_OBJECTIVES: ServiceObjectives = { ttftMs: 1000, tpotMs: 50 };

/** Those of the class of a request. */
export const objectivesFor = (
  objectives: ServiceObjectives,
  { class: name }: Pick<RequestInfo, 'class'>,
): Objectives =>
  name !== '' && objectives.byClass !== undefined && Object.hasOwn(objectives.byClass, name)
    ? objectives.byClass[name]!
    : objectives;

/**
 * What a request itself asks for: its own objectives in place of those of its class, and no first token after its client's deadline. Returns
 * those of the class where it says nothing else, else `into`.
 */
export const ownObjectives = (
  usual: Objectives,
  { sloTtftMs, sloTpotMs, deadlineMs }: RequestInfo,
  into: { -readonly [Key in keyof Objectives]: Objectives[Key] },
): Objectives => {
  const ttftMs = sloTtftMs > 0 ? sloTtftMs : usual.ttftMs;
  const isTooLate = deadlineMs > 0 && deadlineMs < ttftMs;
  if (sloTtftMs === 0 && sloTpotMs === 0 && !isTooLate) return usual;
  into.ttftMs = isTooLate ? deadlineMs : ttftMs;
  into.tpotMs = sloTpotMs > 0 ? sloTpotMs : usual.tpotMs;
  return into;
};

/**
 * The chance that a latency with this expectation keeps to its bound, 1/2 * (1 - u / sqrt(1 + u^2)) with u = (expected - bound) / (spread * bound):
 * a half at the bound, 85 % one spread below it, 95 % two. Its tail is heavier than that of a logistic distribution, as those of latencies
 * are, and it takes a fifth of the time of an exponential.
 */
export const chanceWithin = (boundMs: Ms, expectedMs: Ms, spread: number): number => {
  // Beyond these ends the square would be infinite, and the chance NaN or a half.
  const u = Math.min(MOST_SPREADS, (expectedMs - boundMs) / Math.max(LEAST_SPREAD_MS, spread * boundMs));
  return 0.5 * (1 - u / Math.sqrt(1 + u * u));
};

const MOST_SPREADS = 1e100;
const LEAST_SPREAD_MS = 1e-9;

/** Writes that of the TTFT of each of the places `from` to `to` of `places` into `into`, by index. Hot path: no number is passed or returned. */
export const chancesOfTtft = (
  { ttftMs: boundMs }: Objectives,
  { spread }: { readonly spread: number },
  ttftMs: Float64Array,
  { places, from, to, into }: PlacesOfTtft,
): void => {
  for (let index = from; index < to; index++) into[index] = chanceWithin(boundMs, ttftMs[places[index]!]!, spread);
};

export interface PlacesOfTtft {
  readonly places: Uint32Array;
  from: number;
  to: number;
  readonly into: Float64Array;
}
