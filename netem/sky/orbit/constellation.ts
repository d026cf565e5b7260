import { ConfigError } from '../../../core/config/config-error.ts';
import { radians } from '../../../core/units.ts';
import { CircularOrbits } from './circular-orbits.ts';
import type { ConstellationConfig } from './constellation-schema.ts';
import { type Ellipsoid, WGS72, WGS84 } from './earth.ts';
import type { ElementSet } from './element-set.ts';
import { elementsOf } from './elements.ts';
import { hypatiaPlanes, lowestKm } from './hypatia-elements.ts';
import { NearCircularOrbits } from './near-circular-orbits.ts';
import { PRESETS } from './presets.ts';
import type { Propagator } from './propagator.ts';
import { Sgp4Orbits } from './sgp4-orbits.ts';
import { longestLaserKm, type Shell, satelliteCount } from './shell.ts';

/** Satellites, their motion, and which of them can be linked. Satellites are numbered from 0 over all groups. */
export interface Constellation {
  readonly propagator: Propagator;
  readonly earth: Ellipsoid;
  readonly groups: readonly Group[];
  /** Whether laser paths go down to gateway stations and up again, instead of over lasers. */
  readonly usesGateways?: boolean;
}

/** Satellites that share a laser mesh: a shell, or all the satellites of a list of elements. */
export interface Group {
  /** The number of its first satellite. */
  readonly first: number;
  readonly count: number;
  /** The satellites always stay at least this far from the centre of the Earth; 0 where it is not known. */
  readonly lowestKm: number;
  readonly grid: Grid | null;
  readonly coverage: Coverage;
}

/** A mesh where each satellite has lasers to both neighbours in its plane and to one satellite in each adjacent plane. */
export interface Grid {
  readonly planes: number;
  readonly satellitesPerPlane: number;
  /** By how many satellites the last plane is behind the first. Null when the two fly in opposite directions and have no link. */
  readonly seamShift: number | null;
  readonly longestLaserKm: number;
}

/** Which ground a satellite sees: all above a true elevation, or all within a distance (Hypatia's flat-Earth cone). */
export type Coverage =
  | { readonly kind: 'elevation'; readonly sine: number }
  | { readonly kind: 'range'; readonly km: number };

/**
 * Builds the constellation of `config`. The two modes share no number. `physical` uses altitudes over WGS84 and an
 * elevation mask. `parity: hypatia` uses Hypatia's elements over WGS72 and keeps its errors: for example, its 550 km
 * shell is at 509 km.
 * @throws ConfigError under `network.constellation`.
 */
export const constellationOf = (config: ConstellationConfig): Constellation => {
  const constellation = laidOut(config);
  if (config.lasers) return constellation;
  const groups = constellation.groups.map((group) => ({ ...group, grid: null }));
  return { ...constellation, groups, usesGateways: true };
};

/** Whether any of its satellites can be linked. */
export const hasLasers = ({ groups }: Constellation): boolean => groups.some(({ grid }) => grid !== null);

const laidOut = (config: ConstellationConfig): Constellation => {
  const listed = elementsOf(config);
  if (listed.length > 0) return listedConstellation(listed, config.elevationMaskDeg);
  const shells: readonly Shell[] = config.shells ?? PRESETS[config.preset];
  if (config.parity === 'hypatia') return hypatiaConstellation(shells);
  return physicalConstellation(
    shells.map((shell) => (config.phasing === undefined ? shell : { ...shell, phasing: config.phasing })),
    config.elevationMaskDeg,
  );
};

const physicalConstellation = (shells: readonly Shell[], elevationMaskDeg: number): Constellation => ({
  propagator: new CircularOrbits(shells),
  earth: WGS84,
  groups: numbered(shells).map(({ shell, first }) => ({
    first,
    count: satelliteCount(shell),
    lowestKm: WGS84.equatorKm + shell.altitudeKm,
    coverage: elevationOf(elevationMaskDeg),
    grid: shell.lasers
      ? {
          planes: shell.planes,
          satellitesPerPlane: shell.satellitesPerPlane,
          // Once around a delta, the phase steps of all planes add up to the spacing of `phasing` satellites.
          seamShift: shell.raanSpreadDeg === 360 ? shell.phasing : null,
          longestLaserKm: longestLaserKm(shell, WGS84.equatorKm),
        }
      : null,
  })),
});

const hypatiaConstellation = (shells: readonly Shell[]): Constellation => {
  const known = numbered(shells).map(({ shell, first }) => {
    const { hypatia } = shell;
    if (hypatia === undefined) {
      throw new ConfigError(
        'network.constellation.parity',
        'is "hypatia", but Hypatia has no numbers for this constellation',
      );
    }
    return { shell, first, hypatia };
  });
  return {
    propagator: new NearCircularOrbits(
      known.flatMap(({ shell, hypatia }) => hypatiaPlanes(shell, hypatia.meanMotionRevPerDay)),
    ),
    earth: WGS72,
    groups: known.map(({ shell, first, hypatia }) => ({
      first,
      count: satelliteCount(shell),
      lowestKm: lowestKm(hypatia.meanMotionRevPerDay),
      coverage: { kind: 'range', km: hypatia.groundRangeKm },
      grid: {
        planes: shell.planes,
        satellitesPerPlane: shell.satellitesPerPlane,
        seamShift: 0,
        longestLaserKm: longestLaserKm(shell, WGS72.equatorKm),
      },
    })),
  };
};

/** Elements do not say which satellites are linked. So a list has no lasers, and its paths use a single satellite. */
const listedConstellation = (sets: readonly ElementSet[], elevationMaskDeg: number): Constellation => ({
  propagator: new Sgp4Orbits(sets),
  earth: WGS84,
  groups: [{ first: 0, count: sets.length, lowestKm: 0, grid: null, coverage: elevationOf(elevationMaskDeg) }],
});

const elevationOf = (maskDeg: number): Coverage => ({ kind: 'elevation', sine: Math.sin(radians(maskDeg)) });

const numbered = (shells: readonly Shell[]): readonly { readonly shell: Shell; readonly first: number }[] => {
  let first = 0;
  return shells.map((shell) => {
    const entry = { shell, first };
    first += satelliteCount(shell);
    return entry;
  });
};
