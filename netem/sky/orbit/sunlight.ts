import { radians } from '../../../core/units.ts';
import { J2000_UNIX_MS, WGS84 } from './earth.ts';

type Vector = readonly [number, number, number];

/**
 * The direction of the Sun from the centre of the Earth: a unit vector on axes that do not turn with the Earth. The error
 * is below 0.01 degrees from 1950 to 2050. Source: Astronomical Almanac, low-precision formulas for the Sun.
 */
export const sunDirection = (unixMs: number): Vector => {
  const days = (unixMs - J2000_UNIX_MS) / 86_400_000;
  const meanLongitudeDeg = 280.46 + 0.9856474 * days;
  const anomaly = radians(357.528 + 0.9856003 * days);
  const longitude = radians(meanLongitudeDeg + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly));
  const obliquity = radians(23.439 - 4e-7 * days);
  return [Math.cos(longitude), Math.cos(obliquity) * Math.sin(longitude), Math.sin(obliquity) * Math.sin(longitude)];
};

/**
 * Whether the Sun shines on a satellite at x, y, z (km, on axes that do not turn with the Earth). The shadow is a
 * cylinder as wide as the equator. So half of the penumbra, which lasts some seconds, counts as light and half as shadow.
 */
export const isSunlit = ([x, y, z]: Vector, [sunX, sunY, sunZ]: Vector): boolean => {
  const alongKm = x * sunX + y * sunY + z * sunZ;
  if (alongKm >= 0) return true;
  return x * x + y * y + z * z - alongKm * alongKm > WGS84.equatorKm * WGS84.equatorKm;
};
