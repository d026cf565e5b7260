import type { ElementSet } from './element-set.ts';
import { positionOfElements } from './position-of-elements.ts';
import type { Propagator } from './propagator.ts';

/**
 * SGP4 over elements of real satellites. One that has no usable orbit at the instant asked for is put at the centre of the Earth,
 * like any without a position. The library allocates its answers and cannot write into a given array, so a step makes about 0.3 kB
 * of short-lived garbage a satellite. We accept that for its drag and deep-space terms.
 */
export class Sgp4Orbits implements Propagator {
  readonly count: number;
  readonly #sets: readonly ElementSet[];

  constructor(sets: readonly ElementSet[]) {
    this.count = sets.length;
    this.#sets = sets;
  }

  positionsAt(unixMs: number, outKm: Float64Array): void {
    for (let index = 0; index < this.count; index++) {
      const position = positionOfElements(this.#sets[index]!, unixMs);
      const isUsed = typeof position === 'object';
      outKm[index * 3] = isUsed ? position.x : 0;
      outKm[index * 3 + 1] = isUsed ? position.y : 0;
      outKm[index * 3 + 2] = isUsed ? position.z : 0;
    }
  }
}
