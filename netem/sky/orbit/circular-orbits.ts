// Hot path: typed arrays, no allocation. Sine and cosine are computed once for a plane, never for a satellite.
import { radians } from '../../../core/units.ts';
import { J2000_UNIX_MS, WGS84 } from './earth.ts';
import type { Propagator } from './propagator.ts';
import { type Shell, satelliteCount } from './shell.ts';

/**
 * Circular orbits with the main term of the Earth's flattening (J2): the node drifts and the satellite advances at
 * secular rates. The radius is exactly the equatorial radius plus the altitude.
 *
 * `physical` mode uses this and not SGP4, because a shell is a design, not an observation. SGP4 takes a mean motion, and
 * so flies some kilometres off the altitude that was asked for. Its drag and periodic terms do not apply to a satellite
 * that corrects its orbit. It also costs about forty times as much. Plane 0 has its node at the vernal equinox at J2000.
 * Source: Vallado, Fundamentals of Astrodynamics, secular J2 rates with eccentricity 0.
 */
export class CircularOrbits implements Propagator {
  readonly count: number;
  readonly #shells: readonly Orbits[];

  constructor(shells: readonly Shell[]) {
    this.#shells = shells.map(orbitsOf);
    this.count = shells.reduce((sum, shell) => sum + satelliteCount(shell), 0);
  }

  positionsAt(unixMs: number, outKm: Float64Array): void {
    const seconds = (unixMs - J2000_UNIX_MS) / 1000;
    let out = 0;
    for (const orbits of this.#shells) {
      const { planes, alongCos, alongSin, radiusKm, inclinationCos, inclinationSin } = orbits;
      const turned = orbits.advanceRadPerS * seconds;
      const drifted = orbits.nodeRadPerS * seconds;
      for (let plane = 0; plane < planes; plane++) {
        const node = drifted + plane * orbits.nodeStepRad;
        const lead = turned + plane * orbits.phaseStepRad;
        const nodeCos = Math.cos(node) * radiusKm;
        const nodeSin = Math.sin(node) * radiusKm;
        const leadCos = Math.cos(lead);
        const leadSin = Math.sin(lead);
        for (let slot = 0; slot < alongCos.length; slot++) {
          const cos = leadCos * alongCos[slot]! - leadSin * alongSin[slot]!;
          const sin = leadSin * alongCos[slot]! + leadCos * alongSin[slot]!;
          outKm[out++] = cos * nodeCos - sin * nodeSin * inclinationCos;
          outKm[out++] = cos * nodeSin + sin * nodeCos * inclinationCos;
          outKm[out++] = sin * radiusKm * inclinationSin;
        }
      }
    }
  }
}

interface Orbits {
  readonly planes: number;
  readonly radiusKm: number;
  readonly inclinationCos: number;
  readonly inclinationSin: number;
  readonly nodeStepRad: number;
  readonly phaseStepRad: number;
  readonly nodeRadPerS: number;
  readonly advanceRadPerS: number;
  /** Cosine and sine of the angle of each satellite along its plane. */
  readonly alongCos: Float64Array;
  readonly alongSin: Float64Array;
}

/** Gravitational parameter of the Earth in km^3/s^2, and its flattening term. Source: EGM96 (WGS84). */
const MU = 398_600.4418;
const J2 = 1.08262668e-3;

const orbitsOf = (shell: Shell): Orbits => {
  const radiusKm = WGS84.equatorKm + shell.altitudeKm;
  const inclination = radians(shell.inclinationDeg);
  const meanMotion = Math.sqrt(MU / radiusKm ** 3);
  const flattening = 1.5 * J2 * (WGS84.equatorKm / radiusKm) ** 2;
  const spacing = (2 * Math.PI) / shell.satellitesPerPlane;
  const along = Float64Array.from({ length: shell.satellitesPerPlane }, (_, slot) => slot * spacing);
  return {
    planes: shell.planes,
    radiusKm,
    inclinationCos: Math.cos(inclination),
    inclinationSin: Math.sin(inclination),
    nodeStepRad: radians(shell.raanSpreadDeg) / shell.planes,
    phaseStepRad: (shell.phasing * 2 * Math.PI) / satelliteCount(shell),
    nodeRadPerS: -flattening * meanMotion * Math.cos(inclination),
    advanceRadPerS: meanMotion * (1 + flattening * (4 * Math.cos(inclination) ** 2 - 1)),
    alongCos: along.map(Math.cos),
    alongSin: along.map(Math.sin),
  };
};
