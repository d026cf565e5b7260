/** Satellites on circular orbits of one altitude and inclination, spread evenly over planes and along each plane. */
export interface Shell {
  /** Above the equatorial radius of WGS84. */
  readonly altitudeKm: number;
  readonly inclinationDeg: number;
  readonly planes: number;
  readonly satellitesPerPlane: number;
  /** Walker's F: each plane is ahead of the one to its west by F / (planes * satellitesPerPlane) of a turn. */
  readonly phasing: number;
  /** Angle over which the ascending nodes are spread: 360 for Walker deltas, 180 for polar stars. */
  readonly raanSpreadDeg: number;
  /** Whether lasers link its satellites. */
  readonly lasers: boolean;
  /** Numbers that Hypatia enters by hand for this shell. Without them the shell has no parity mode. */
  readonly hypatia?: HypatiaShell;
}

/** Two numbers of Hypatia that cannot be computed from the shell. */
export interface HypatiaShell {
  readonly meanMotionRevPerDay: number;
  /** The longest link to the ground: the slant range of a flat-Earth cone. */
  readonly groundRangeKm: number;
}

export const satelliteCount = (shell: Shell): number => shell.planes * shell.satellitesPerPlane;

/** The longest laser whose beam stays `grazingKm` above the equatorial radius. */
export const longestLaserKm = (shell: { readonly altitudeKm: number }, equatorKm: number, grazingKm = 80): number =>
  2 * Math.sqrt((equatorKm + shell.altitudeKm) ** 2 - (equatorKm + grazingKm) ** 2);
