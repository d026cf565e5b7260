import { radians } from '../../../core/units.ts';

/** Mean radius of the Earth, in km. Source: IUGG. */
const MEAN_RADIUS_KM = 6371.0088;

interface Position {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Distance over the surface of the mean sphere, in km; within 0.6 % of the ellipsoid. Source: the haversine formula. */
export const greatCircleKm = (a: Position, b: Position): number => {
  const latitude = Math.sin(radians(b.latDeg - a.latDeg) / 2) ** 2;
  const longitude = Math.sin(radians(b.lonDeg - a.lonDeg) / 2) ** 2;
  const haversine = latitude + Math.cos(radians(a.latDeg)) * Math.cos(radians(b.latDeg)) * longitude;
  return 2 * MEAN_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(haversine)));
};
