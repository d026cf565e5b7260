import { constants, twoline2satrec } from 'satellite.js';
import type { Plane } from './near-circular-orbits.ts';
import type { Shell } from './shell.ts';

/** 2000-01-01T00:00:00Z: Hypatia counts time from here, and it is the epoch of its elements. */
export const HYPATIA_EPOCH_UNIX_MS = 946_684_800_000;

/**
 * The elements that Hypatia writes for a shell, plane by plane. It shifts odd planes by half a spacing instead of using
 * Walker's phasing. The altitude follows from a mean motion that was entered by hand. The elements are written as
 * two-line text and read back, because Hypatia's orbits include the rounding to four decimals of a degree.
 * Source: snkas/hypatia, satgenpy.
 */
export const hypatiaPlanes = (shell: Shell, meanMotionRevPerDay: number): readonly Plane[] =>
  Array.from({ length: shell.planes }, (_, plane) => {
    const shift = plane % 2 === 1 ? 180 / shell.satellitesPerPlane : 0;
    const angles = [shell.inclinationDeg, (plane * 360) / shell.planes].map(angle).join(' ');
    return Array.from({ length: shell.satellitesPerPlane }, (_, slot) => {
      const id = String(plane * shell.satellitesPerPlane + slot + 1).padStart(5, '0');
      const anomaly = angle(shift + (slot * 360) / shell.satellitesPerPlane);
      return twoline2satrec(
        `1 ${id}U 00000ABC 00001.00000000  .00000000  00000-0  00000+0 0    0`,
        `2 ${id} ${angles} 0000001 ${angle(0)} ${anomaly} ${meanMotionRevPerDay.toFixed(8).padStart(11)}    0`,
      );
    });
  });

const angle = (degrees: number): string => degrees.toFixed(4).padStart(8);

/** A radius that satellites of a mean motion stay above: Kepler's, less twice the effect of flattening and eccentricity. */
export const lowestKm = (meanMotionRevPerDay: number): number =>
  constants.earthRadius * (constants.xke / ((meanMotionRevPerDay * 2 * Math.PI) / 1440)) ** (2 / 3) - 30;
