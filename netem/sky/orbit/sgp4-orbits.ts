import { type SatRec, sgp4 } from 'satellite.js';
import type { Propagator } from './propagator.ts';

/**
 * SGP4 over two-line elements of real satellites. The library allocates its answers and has no way to hand in a place for
 * them, so a step makes short-lived garbage: about 0.3 kB a satellite. Its drag and deep-space terms are worth that.
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
      // Minutes since the element's own epoch: a `Date` would round to milliseconds, a Julian date to 40 microseconds.
      const minutes = (unixMs - this.#epochsUnixMs[index]!) / 60_000;
      const position = sgp4(this.#satellites[index]!, minutes)?.position;
      outKm[index * 3] = position?.x ?? 0;
      outKm[index * 3 + 1] = position?.y ?? 0;
      outKm[index * 3 + 2] = position?.z ?? 0;
    }
  }
}

/** The instant that elements are of. */
export const epochUnixMs = (satellite: SatRec): number => {
  const year = satellite.epochyr < 57 ? 2000 + satellite.epochyr : 1900 + satellite.epochyr;
  return Date.UTC(year, 0, 1) + (satellite.epochdays - 1) * 86_400_000;
};
