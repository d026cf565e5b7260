import { ConfigError } from '../../../core/config/config-error.ts';
import { radians } from '../../../core/units.ts';
import { CircularOrbits } from './circular-orbits.ts';
import type { ConstellationConfig } from './constellation-schema.ts';
import { type Ellipsoid, WGS72, WGS84 } from './earth.ts';
import { hypatiaPlanes, lowestKm } from './hypatia-elements.ts';
import { NearCircularOrbits } from './near-circular-orbits.ts';
import { PRESETS } from './presets.ts';
import type { Propagator } from './propagator.ts';
import { Sgp4Orbits } from './sgp4-orbits.ts';
import { longestLaserKm, type Shell, satelliteCount } from './shell.ts';
import { parseTle } from './tle.ts';

/** Satellites, how they move, and what may be linked to what. Satellites are numbered from 0 through all groups. */
export interface Constellation {
  readonly propagator: Propagator;
  readonly earth: Ellipsoid;
  readonly groups: readonly Group[];
  /** Whether what would go over lasers goes down to gateway stations and up again instead. */
  readonly usesGateways?: boolean;
}

/** Satellites that share a laser mesh: a shell, or all the satellites of a list of elements. */
export interface Group {
  /** The number of its first satellite. */
  readonly first: number;
  readonly count: number;
  /** No satellite of it ever comes nearer to the centre of the Earth; 0 where that is not known. */
  readonly lowestKm: number;
  readonly grid: Grid | null;
  readonly coverage: Coverage;
}

/** A mesh in which a satellite has a laser to both neighbours in its plane and to its twin in each plane beside. */
export interface Grid {
  readonly planes: number;
  readonly satellitesPerPlane: number;
  /** How many places the last plane lies behind the first, or null when these fly against each other and have no link. */
  readonly seamShift: number | null;
  readonly longestLaserKm: number;
}

/** What a satellite sees of the ground: all within a true elevation, or all within a distance (Hypatia's flat-Earth cone). */
export type Coverage =
  | { readonly kind: 'elevation'; readonly sine: number }
  | { readonly kind: 'range'; readonly km: number };

/**
 * Lays out what `config` names. The two modes share no number: `physical` flies altitudes over WGS84 and masks by elevation;
 * `parity: hypatia` flies Hypatia's elements over WGS72 and keeps its errors, among them a 550 km shell that is at 509 km.
 * @throws ConfigError under `network.constellation`.
 */
export const constellationOf = (config: ConstellationConfig): Constellation => {
  const constellation = laidOut(config);
  if (config.lasers) return constellation;
  const groups = constellation.groups.map((group) => ({ ...group, grid: null }));
  return { ...constellation, groups, usesGateways: true };
};

const laidOut = (config: ConstellationConfig): Constellation => {
  if (config.tle !== undefined) return listedConstellation(config.tle, config.elevationMaskDeg);
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
          // Once around a delta, the phase steps of all planes add up to `phasing` whole places.
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
        'is "hypatia", which has no numbers for this constellation',
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

/** Elements do not say which satellites are linked, so a list has no lasers: paths through it use a single satellite. */
const listedConstellation = (tle: string, elevationMaskDeg: number): Constellation => {
  const satellites = parseTle(tle, 'network.constellation.tle');
  return {
    propagator: new Sgp4Orbits(satellites),
    earth: WGS84,
    groups: [{ first: 0, count: satellites.length, lowestKm: 0, grid: null, coverage: elevationOf(elevationMaskDeg) }],
  };
};

const elevationOf = (maskDeg: number): Coverage => ({ kind: 'elevation', sine: Math.sin(radians(maskDeg)) });

const numbered = (shells: readonly Shell[]): readonly { readonly shell: Shell; readonly first: number }[] => {
  let first = 0;
  return shells.map((shell) => {
    const entry = { shell, first };
    first += satelliteCount(shell);
    return entry;
  });
};
