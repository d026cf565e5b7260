import type { Constellation } from '../orbit/constellation.ts';

/** The lasers of a constellation: up to four neighbours a satellite. */
export interface LaserMesh {
  /** The neighbours of satellite s start at index 4s: ahead, behind, east, west; -1 for none. Neighbours are mutual. */
  readonly neighbours: Int32Array;
  /** The longest laser of each satellite, in km. */
  readonly longestKm: Float64Array;
}

/** The +Grid: each satellite is linked to both neighbours in its plane and to one satellite in each adjacent plane. */
export const laserMesh = (constellation: Constellation): LaserMesh => {
  const { count } = constellation.propagator;
  const neighbours = new Int32Array(4 * count).fill(-1);
  const longestKm = new Float64Array(count);
  const link = (a: number, b: number, side: 0 | 2): void => {
    if (a === b) return;
    neighbours[4 * a + side] = b;
    neighbours[4 * b + side + 1] = a;
  };
  for (const { first, count: size, grid } of constellation.groups) {
    if (grid === null) continue;
    longestKm.fill(grid.longestLaserKm, first, first + size);
    const { planes, satellitesPerPlane, seamShift } = grid;
    const at = (plane: number, slot: number): number =>
      first + plane * satellitesPerPlane + (slot % satellitesPerPlane);
    for (let plane = 0; plane < planes; plane++) {
      for (let slot = 0; slot < satellitesPerPlane; slot++) {
        link(at(plane, slot), at(plane, slot + 1), 0);
        if (plane + 1 < planes) link(at(plane, slot), at(plane + 1, slot), 2);
        else if (seamShift !== null) link(at(plane, slot), at(0, slot + seamShift), 2);
      }
    }
  }
  return { neighbours, longestKm };
};
