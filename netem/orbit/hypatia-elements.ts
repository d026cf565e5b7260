import { type SatRec, twoline2satrec } from 'satellite.js';
import type { Shell } from './shell.ts';

/** 2000-01-01T00:00:00Z: what Hypatia counts time from, and the epoch of its elements. */
export const HYPATIA_EPOCH_UNIX_MS = 946_684_800_000;

/**
 * The elements that Hypatia writes for a shell: odd planes are shifted by half a spacing instead of Walker's phasing, and the
 * altitude follows from a mean motion that was entered by hand. They pass through the text of a two-line element because
 * its four decimals of a degree are part of what Hypatia flies. Source: snkas/hypatia, satgenpy.
 */
export const hypatiaElements = (shell: Shell, meanMotionRevPerDay: number): readonly SatRec[] =>
  Array.from({ length: shell.planes * shell.satellitesPerPlane }, (_, index) => {
    const plane = Math.floor(index / shell.satellitesPerPlane);
    const slot = index % shell.satellitesPerPlane;
    const shift = plane % 2 === 1 ? 180 / shell.satellitesPerPlane : 0;
    const raanDeg = (plane * 360) / shell.planes;
    const anomalyDeg = shift + (slot * 360) / shell.satellitesPerPlane;
    const id = String(index + 1).padStart(5, '0');
    const angles = [shell.inclinationDeg, raanDeg].map(angle).join(' ');
    return twoline2satrec(
      `1 ${id}U 00000ABC 00001.00000000  .00000000  00000-0  00000+0 0    0`,
      `2 ${id} ${angles} 0000001 ${angle(0)} ${angle(anomalyDeg)} ${meanMotionRevPerDay.toFixed(8).padStart(11)}    0`,
    );
  });

const angle = (degrees: number): string => degrees.toFixed(4).padStart(8);
