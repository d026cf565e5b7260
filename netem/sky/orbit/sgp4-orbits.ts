import { type SatRec, sgp4 } from 'satellite.js';
import type { Propagator } from './propagator.ts';

/**
 * SGP4 over two-line elements of real satellites. The library allocates its answers and cannot write into a given array,
 * so a step makes about 0.3 kB of short-lived garbage a satellite. We accept that for its drag and deep-space terms.
 */
export class Sgp4Orbits implements Propagator {
  readonly count: number;
  readonly #satellites: readonly SatRec[];
  readonly #epochsUnixMs: Float64Array;

  constructor(satellites: readonly SatRec[]) {
    this.count = satellites.length;
    this.#satellites = satellites;
    this.#epochsUnixMs = Float64Array.from(satellites, epochUnixMs);
  }

  positionsAt(unixMs: number, outKm: Float64Array): void {
    for (let index = 0; index < this.count; index++) {
      // Minutes since the epoch of the element. A `Date` would round to milliseconds, a Julian date to 40 microseconds.
      const minutes = (unixMs - this.#epochsUnixMs[index]!) / 60_000;
      const position = sgp4(this.#satellites[index]!, minutes)?.position;
      outKm[index * 3] = position?.x ?? 0;
      outKm[index * 3 + 1] = position?.y ?? 0;
      outKm[index * 3 + 2] = position?.z ?? 0;
    }
  }
}

/** The epoch of the elements, in Unix milliseconds. */
export const epochUnixMs = (satellite: SatRec): number => {
  const year = satellite.epochyr < 57 ? 2000 + satellite.epochyr : 1900 + satellite.epochyr;
  return Date.UTC(year, 0, 1) + (satellite.epochdays - 1) * 86_400_000;
};
