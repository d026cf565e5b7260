/** Where satellites are at an instant. */
export interface Propagator {
  readonly count: number;
  /**
   * Writes x, y, z of every satellite into `outKm` (3 * count), in kilometres from the centre of the Earth, on axes that
   * do not turn with it. A satellite that has no position is at the centre, where nothing sees it.
   */
  positionsAt(unixMs: number, outKm: Float64Array): void;
}
