import type { Ms } from '../../core/time/clock.ts';
import { vacuumUs } from '../../core/units.ts';
import type { WayAt } from './way.ts';

/** A path at one instant: geometry only, without the delay of terminals, queues and equipment. */
export interface PathSample {
  readonly tMs: Ms;
  /** Round trip at the speed of light, in nanoseconds; null when there is no path. */
  readonly rttNs: number | null;
  /** Satellites in order, by their numbers in the constellation (from 0); empty for fibre and when there is no path. */
  readonly hops: readonly number[];
}

export type SampleAt = (tMs: Ms) => PathSample;

/** Samples of a path through space. */
export const spaceSamples = (wayAt: WayAt): SampleAt => {
  return (tMs) => {
    const { km, satellites } = wayAt(tMs);
    return { tMs, rttNs: km < Number.POSITIVE_INFINITY ? roundTripNs(vacuumUs(km)) : null, hops: satellites };
  };
};

/** Samples of a cable of `oneWayUs`: all equal. */
export const fibreSamples = (oneWayUs: number): SampleAt => {
  const rttNs = roundTripNs(oneWayUs);
  return (tMs) => ({ tMs, rttNs, hops: [] });
};

/** Instants from `startMs`, every `stepMs`, before `startMs + durationMs`. */
export interface Span {
  readonly startMs: Ms;
  readonly durationMs: Ms;
  readonly stepMs: Ms;
}

export const stepsIn = ({ durationMs, stepMs }: Span): number => Math.ceil(durationMs / stepMs);

export function* pathSamples(sampleAt: SampleAt, span: Span): Generator<PathSample> {
  for (let step = 0; step < stepsIn(span); step++) yield sampleAt(span.startMs + step * span.stepMs);
}

/** One line of JSON, without the line feed. Round trips are rounded to a picosecond. */
export const sampleLine = ({ tMs, rttNs, hops }: PathSample): string =>
  JSON.stringify({ tMs, rttNs: rttNs === null ? null : Math.round(rttNs * 1000) / 1000, hops });

const roundTripNs = (oneWayUs: number): number => 2 * oneWayUs * 1000;
