/** Computes where satellites are at an instant. */
export interface Propagator {
  readonly count: number;
  /**
   * Writes x, y, z of every satellite into `outKm` (3 * count), in kilometres from the centre of the Earth, on axes that
   * do not turn with it. A satellite without a position is put at the centre, where no site sees it.
   */
  positionsAt(unixMs: number, outKm: Float64Array): void;
}
