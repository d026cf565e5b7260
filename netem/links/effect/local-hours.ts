import type { Ms } from '../../../core/time/clock.ts';

/** Where and when a day has its busiest hour. */
export interface LocalDay {
  /** The wall-clock instant of run time 0. */
  readonly epochUnixMs: number;
  /** Degrees east: each 15 are an hour of local solar time. */
  readonly lonDeg: number;
  /** The busiest hour, in local solar time. */
  readonly peakHour: number;
}

/** A raised cosine: 1 at the peak of a period, and 0 half a period later. Both in one unit. */
export const raisedCosine = (sincePeak: number, period: number): number =>
  (1 + Math.cos((2 * Math.PI * sincePeak) / period)) / 2;

/** How busy an hour of the local day is: a raised cosine. */
export const busyShareAt = ({ epochUnixMs, lonDeg, peakHour }: LocalDay, atMs: Ms): number => {
  const hour = (epochUnixMs + atMs) / 3_600_000 + lonDeg / 15;
  return raisedCosine(hour - peakHour, 24);
};
