/** Satellites on circular orbits of one altitude and inclination, spread evenly over planes and along each plane. */
export interface Shell {
  /** Above the equatorial radius of WGS84. */
  readonly altitudeKm: number;
  readonly inclinationDeg: number;
  readonly planes: number;
  readonly satellitesPerPlane: number;
  /** Walker's F: each plane leads the one to its west by F / (planes * satellitesPerPlane) of a turn. */
  readonly phasing: number;
  /** What the ascending nodes spread over: 360 for Walker deltas, 180 for polar stars. */
  readonly raanSpreadDeg: number;
  /** Whether its satellites are linked by lasers. */
  readonly lasers: boolean;
  /** What Hypatia enters by hand for this shell; without it the shell has no parity mode. */
  readonly hypatia?: HypatiaShell;
}

/** Two numbers of Hypatia's that do not follow from the shell. */
export interface HypatiaShell {
  readonly meanMotionRevPerDay: number;
  /** The longest link to the ground: the slant side of a flat-Earth cone. */
  readonly groundRangeKm: number;
}

export const satelliteCount = (shell: Shell): number => shell.planes * shell.satellitesPerPlane;

/** The longest laser whose beam stays `grazingKm` above the equatorial radius. */
export const longestLaserKm = (shell: { readonly altitudeKm: number }, equatorKm: number, grazingKm = 80): number =>
  2 * Math.sqrt((equatorKm + shell.altitudeKm) ** 2 - (equatorKm + grazingKm) ** 2);
