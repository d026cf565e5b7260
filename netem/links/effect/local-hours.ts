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

/** How busy an hour of the local day is: a raised cosine, 1 at the peak and 0 twelve hours later. */
export const busyShareAt = ({ epochUnixMs, lonDeg, peakHour }: LocalDay, atMs: Ms): number => {
  const hour = (epochUnixMs + atMs) / 3_600_000 + lonDeg / 15;
  return (1 + Math.cos((2 * Math.PI * (hour - peakHour)) / 24)) / 2;
};
