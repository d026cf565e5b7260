import type { Ms } from '../../../core/time/clock.ts';
import type { Propagator } from './propagator.ts';
import { isSunlit, sunDirection } from './sunlight.ts';

/** Sunlight and shadow on one satellite, as a pure function of run time. */
export interface Sunlight {
  sunlitAt(atMs: Ms): boolean;
  /** The first change after `afterMs`, to a millisecond; Infinity when there is none within a day. */
  nextChangeAfter(afterMs: Ms): Ms;
}

/** Sunlight on `satellite` of a constellation in a run that starts at `epochUnixMs`. */
export const sunlightOf = (options: {
  readonly propagator: Propagator;
  readonly satellite: number;
  readonly epochUnixMs: number;
}): Sunlight => {
  const { propagator, satellite, epochUnixMs } = options;
  const positionsKm = new Float64Array(3 * propagator.count);
  const sunlitAt = (atMs: Ms): boolean => {
    const unixMs = epochUnixMs + atMs;
    propagator.positionsAt(unixMs, positionsKm);
    const [x, y, z] = positionsKm.subarray(3 * satellite, 3 * satellite + 3);
    return isSunlit([x!, y!, z!], sunDirection(unixMs));
  };
  return {
    sunlitAt,
    nextChangeAfter(afterMs) {
      const isLit = sunlitAt(afterMs);
      for (let fromMs = afterMs; fromMs < afterMs + HORIZON_MS; fromMs += LOOK_MS) {
        if (sunlitAt(fromMs + LOOK_MS) !== isLit) return changeBetween(sunlitAt, fromMs, fromMs + LOOK_MS);
      }
      return Number.POSITIVE_INFINITY;
    },
  };
};

/** The share of a time span with sunlight. */
export const sunlitShare = (sunlight: Sunlight, fromMs: Ms, toMs: Ms): number => {
  let litMs = 0;
  for (let atMs = fromMs; atMs < toMs; ) {
    const untilMs = Math.min(toMs, sunlight.nextChangeAfter(atMs));
    if (sunlight.sunlitAt(atMs)) litMs += untilMs - atMs;
    atMs = untilMs;
  }
  return litMs / (toMs - fromMs);
};

/** The first time, in whole milliseconds from `fromMs`, at which the value differs from the one at `fromMs`. */
const changeBetween = (sunlitAt: (atMs: Ms) => boolean, fromMs: Ms, toMs: Ms): Ms => {
  const isLit = sunlitAt(fromMs);
  let [before, after] = [0, toMs - fromMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (sunlitAt(fromMs + middle) === isLit) before = middle;
    else after = middle;
  }
  return fromMs + after;
};

/** A shadow shorter than this (the satellite passes the very edge of the Earth's shadow) may be missed. */
const LOOK_MS = 20_000;
const HORIZON_MS = 86_400_000;
