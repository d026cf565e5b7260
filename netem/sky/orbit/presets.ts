import { radians } from '../../../core/units.ts';
import type { Shell } from './shell.ts';

/**
 * Walker's F of the 550 km shell is not public. It changes north-south paths a lot (London-Johannesburg from 109 to 197 ms
 * over all F) and east-west paths little (42.8 to 43.9 ms). 17 is the default.
 */
const STARLINK_PHASING = 17;

const STARLINK_S1: Shell = {
  altitudeKm: 550,
  inclinationDeg: 53,
  planes: 72,
  satellitesPerPlane: 22,
  phasing: STARLINK_PHASING,
  raanSpreadDeg: 360,
  lasers: true,
  hypatia: { meanMotionRevPerDay: 15.19, groundRangeKm: Math.hypot(940.7, 550) },
};

/** Slant range of Hypatia's cone: a satellite `altitudeKm` high, seen at `elevationDeg` from a flat Earth. */
const coneRangeKm = (altitudeKm: number, elevationDeg: number): number => altitudeKm / Math.sin(radians(elevationDeg));

/**
 * Constellations by name. Sources: SpaceX SAT-MOD-20200417-00037 with the polar shell as StarPerf lays it out (10 x 52),
 * Kuiper SAT-LOA-20190704-00057, Telesat SAT-MPL-20200526-00053, OneWeb as flown (no lasers), and for the parity numbers
 * snkas/hypatia. `phasing` is not public for any of them; except for the first Starlink shell it is 1 by convention.
 */
export const PRESETS = {
  'starlink-s1': [STARLINK_S1],
  'starlink-gen1': [
    STARLINK_S1,
    { ...shell(540, 53.2, 72, 22), phasing: STARLINK_PHASING },
    shell(570, 70, 36, 20),
    shell(560, 97.6, 10, 52),
  ],
  'kuiper-k1': [
    {
      ...shell(630, 51.9, 34, 34),
      hypatia: { meanMotionRevPerDay: 14.8, groundRangeKm: coneRangeKm(630, 30) },
    },
  ],
  'telesat-t1': [
    {
      ...shell(1015, 98.98, 27, 13),
      hypatia: { meanMotionRevPerDay: 13.66, groundRangeKm: coneRangeKm(1015, 10) },
    },
  ],
  oneweb: [{ ...shell(1200, 87.9, 12, 49), raanSpreadDeg: 180, lasers: false }],
} as const satisfies Readonly<Record<string, readonly Shell[]>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

function shell(altitudeKm: number, inclinationDeg: number, planes: number, satellitesPerPlane: number): Shell {
  return { altitudeKm, inclinationDeg, planes, satellitesPerPlane, phasing: 1, raanSpreadDeg: 360, lasers: true };
}
