import { degrees } from '../../core/units.ts';
import { siderealRad } from '../../netem/sky/orbit/earth.ts';
import type { Snapshot } from '../../netem/sky/path/snapshot.ts';

/** Longitude and latitude in degrees. */
export type LonLat = [lonDeg: number, latDeg: number];

/** The points below all satellites, on a sphere. They are within 0.2 degrees of the ellipsoid, which a map does not show. */
export const groundBelow = ({ positionsKm, unixMs }: Snapshot): readonly LonLat[] =>
  Array.from({ length: positionsKm.length / 3 }, (_, satellite) => {
    const [x, y, z] = positionsKm.subarray(3 * satellite, 3 * satellite + 3);
    const lonDeg = degrees(Math.atan2(y!, x!) - siderealRad(unixMs));
    return [((((lonDeg + 180) % 360) + 360) % 360) - 180, degrees(Math.atan2(z!, Math.hypot(x!, y!)))];
  });
