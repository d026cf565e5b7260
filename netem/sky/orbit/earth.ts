import { radians } from '../../../core/units.ts';

/** The shape of the Earth: an ellipsoid of revolution. */
export interface Ellipsoid {
  readonly equatorKm: number;
  readonly flattening: number;
}

/** Source: NIMA TR8350.2, 2000. */
export const WGS84: Ellipsoid = { equatorKm: 6378.137, flattening: 1 / 298.257223563 };

/** The ellipsoid of SGP4, and so of Hypatia. Source: Vallado and others, AIAA 2006-6753. */
export const WGS72: Ellipsoid = { equatorKm: 6378.135, flattening: 1 / 298.26 };

/** A point on the ground, on axes that turn with the Earth: `atKm` from its centre, `up` the unit normal of the ellipsoid. */
export interface GroundPoint {
  readonly atKm: readonly [number, number, number];
  readonly up: readonly [number, number, number];
}

/**
 * The point at sea level of a geodetic latitude and longitude. Source: the closed form of any geodesy text.
 * @throws RangeError for coordinates out of range, and for NaN.
 */
export const groundPoint = (earth: Ellipsoid, latDeg: number, lonDeg: number): GroundPoint => {
  if (!(Math.abs(latDeg) <= 90 && Number.isFinite(lonDeg))) {
    throw new RangeError(`latitude ${latDeg}, longitude ${lonDeg} is not a place on the ground`);
  }
  const lat = radians(latDeg);
  const lon = radians(lonDeg);
  const squaredEccentricity = earth.flattening * (2 - earth.flattening);
  const normalKm = earth.equatorKm / Math.sqrt(1 - squaredEccentricity * Math.sin(lat) ** 2);
  const up = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)] as const;
  return { up, atKm: [normalKm * up[0], normalKm * up[1], normalKm * (1 - squaredEccentricity) * up[2]] };
};

/** Noon of 2000-01-01 in Unix milliseconds. Sidereal time and the physical constellations count from it. */
export const J2000_UNIX_MS = 946_728_000_000;

/**
 * Rotation of the Earth against the stars (GMST, in radians, 0 to 2 pi). UTC is used as UT1.
 * Source: the IAU 1982 expression, as Vallado gives it.
 */
export const siderealRad = (unixMs: number): number => {
  const days = (unixMs - J2000_UNIX_MS) / 86_400_000;
  const centuries = days / 36_525;
  const seconds =
    67_310.54841 +
    (876_600 * 3600 + 8_640_184.812866) * centuries +
    0.093104 * centuries ** 2 -
    6.2e-6 * centuries ** 3;
  const turns = seconds / 86_400;
  return (turns - Math.floor(turns)) * 2 * Math.PI;
};
