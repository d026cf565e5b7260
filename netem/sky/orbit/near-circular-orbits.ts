// Hot path: typed arrays, no allocation. Sines and cosines once a plane; short series where an angle is small.
import { constants, type SatRec } from 'satellite.js';
import { epochUnixMs } from './element-set.ts';
import type { Propagator } from './propagator.ts';

/** Satellites of one plane: all elements are equal except the mean anomaly. */
export type Plane = readonly SatRec[];

/**
 * SGP4 for planes of satellites without drag, near the Earth and nearly circular: the orbits of Hypatia. The theory is
 * the library's (they differ by less than 0.01 mm over a week, about 1 mm over decades). But shared values are computed
 * once a plane, angles along the plane are added instead of evaluated, and nothing is allocated. A step of S1, with its
 * lasers, takes a fifth of the time.
 *
 * Its corrections are angles of about 0.001 rad, where a series of three terms is as exact as a sine.
 * Source: Hoots and Roehrich, Spacetrack Report 3, 1980, with the constants of Vallado and others, AIAA 2006-6753.
 */
export class NearCircularOrbits implements Propagator {
  readonly count: number;
  readonly #planes: readonly PlaneElements[];

  /** @throws RangeError where the theory does not apply: drag, a period of 225 minutes or more, eccentricity over 1e-4. */
  constructor(planes: readonly Plane[]) {
    this.#planes = planes.map(elementsOf);
    this.count = planes.reduce((sum, plane) => sum + plane.length, 0);
  }

  positionsAt(unixMs: number, outKm: Float64Array): void {
    let out = 0;
    for (const plane of this.#planes) {
      const { first, anomalyCos, anomalySin, eccentricity, axis } = plane;
      const minutes = (unixMs - plane.epochUnixMs) / 60_000;

      const perigee = first.argpo + first.argpdot * minutes;
      const perInverse = 1 / (axis * (1 - eccentricity * eccentricity));
      // The eccentricity vector, with the long-period terms of the Earth's pear shape.
      const ex = eccentricity * Math.cos(perigee);
      const ey = eccentricity * Math.sin(perigee) + perInverse * first.aycof;
      const lead = first.mdot * minutes + perigee + perInverse * first.xlcof * ex;
      const leadCos = Math.cos(lead);
      const leadSin = Math.sin(lead);
      const node = first.nodeo + first.nodedot * minutes;
      const nodeCos = Math.cos(node);
      const nodeSin = Math.sin(node);

      const squared = ex * ex + ey * ey;
      const beta = Math.sqrt(1 - squared);
      const betaInverse = 1 / (1 + beta);
      const parameterInverse = 1 / (axis * (1 - squared));
      const flattening = 0.5 * constants.j2 * parameterInverse;
      const flatteningSquared = flattening * parameterInverse;
      const radiusShare = 1 - 1.5 * flatteningSquared * beta * first.con41;
      const radiusWave = 0.5 * flattening * first.x1mth2;
      const alongWave = -0.25 * flatteningSquared * first.x7thm1;
      const nodeWave = 1.5 * flatteningSquared * plane.inclinationCos;
      const inclinationWave = nodeWave * plane.inclinationSin;

      for (let slot = 0; slot < anomalyCos.length; slot++) {
        const meanCos = leadCos * anomalyCos[slot]! - leadSin * anomalySin[slot]!;
        const meanSin = leadSin * anomalyCos[slot]! + leadCos * anomalySin[slot]!;

        // Kepler's equation for the eccentric angle minus the mean angle. After two Newton steps no error is left.
        const across = ex * meanSin - ey * meanCos;
        const towards = ex * meanCos + ey * meanSin;
        const nearly = across / (1 - towards);
        const nearlyCos = smallCos(nearly);
        const nearlySin = smallSin(nearly);
        const ahead =
          nearly - (nearly - across * nearlyCos - towards * nearlySin) / (1 + across * nearlySin - towards * nearlyCos);
        const aheadCos = smallCos(ahead);
        const aheadSin = smallSin(ahead);
        const eccentricCos = meanCos * aheadCos - meanSin * aheadSin;
        const eccentricSin = meanSin * aheadCos + meanCos * aheadSin;

        const radius = axis * (1 - ex * eccentricCos - ey * eccentricSin);
        const tilt = (ex * eccentricSin - ey * eccentricCos) * betaInverse;
        const scale = axis / radius;
        const cos = scale * (eccentricCos - ex + ey * tilt);
        const sin = scale * (eccentricSin - ey - ex * tilt);
        const sin2 = 2 * sin * cos;
        const cos2 = 1 - 2 * sin * sin;

        const km = (radius * radiusShare + radiusWave * cos2) * constants.earthRadius;
        const alongCos = smallCos(alongWave * sin2);
        const alongSin = smallSin(alongWave * sin2);
        const placeCos = (cos * alongCos - sin * alongSin) * km;
        const placeSin = (sin * alongCos + cos * alongSin) * km;
        const driftCos = smallCos(nodeWave * sin2);
        const driftSin = smallSin(nodeWave * sin2);
        const risingCos = nodeCos * driftCos - nodeSin * driftSin;
        const risingSin = nodeSin * driftCos + nodeCos * driftSin;
        const leanCos = smallCos(inclinationWave * cos2);
        const leanSin = smallSin(inclinationWave * cos2);
        const northwards = placeSin * (plane.inclinationSin * leanCos + plane.inclinationCos * leanSin);
        const eastwards = placeSin * (plane.inclinationCos * leanCos - plane.inclinationSin * leanSin);
        outKm[out++] = placeCos * risingCos - eastwards * risingSin;
        outKm[out++] = placeCos * risingSin + eastwards * risingCos;
        outKm[out++] = northwards;
      }
    }
  }
}

interface PlaneElements {
  /** The elements that its satellites share, and the coefficients that the library derived from them. */
  readonly first: SatRec;
  readonly epochUnixMs: number;
  /** In radii of the Earth. */
  readonly axis: number;
  readonly eccentricity: number;
  readonly inclinationCos: number;
  readonly inclinationSin: number;
  /** Of the mean anomaly of each satellite at the epoch. */
  readonly anomalyCos: Float64Array;
  readonly anomalySin: Float64Array;
}

const elementsOf = (plane: Plane): PlaneElements => {
  const first = plane[0]!;
  if (!plane.every((satellite) => isNearCircular(satellite) && isAlike(satellite, first))) {
    throw new RangeError('a plane must be of satellites without drag that share a low and nearly circular orbit');
  }
  return {
    first,
    epochUnixMs: epochUnixMs(first),
    axis: (constants.xke / first.no) ** constants.x2o3,
    eccentricity: Math.max(first.ecco, LEAST_ECCENTRICITY),
    inclinationCos: Math.cos(first.inclo),
    inclinationSin: Math.sin(first.inclo),
    anomalyCos: Float64Array.from(plane, ({ mo }) => Math.cos(mo)),
    anomalySin: Float64Array.from(plane, ({ mo }) => Math.sin(mo)),
  };
};

const isNearCircular = ({ error, method, bstar, ecco }: SatRec): boolean =>
  error === 0 && method === 'n' && bstar === 0 && ecco <= 1e-4;

const isAlike = (a: SatRec, b: SatRec): boolean =>
  a.epochyr === b.epochyr &&
  a.epochdays === b.epochdays &&
  a.no === b.no &&
  a.ecco === b.ecco &&
  a.inclo === b.inclo &&
  a.nodeo === b.nodeo &&
  a.argpo === b.argpo;

/** The theory does not allow a smaller eccentricity. */
const LEAST_ECCENTRICITY = 1e-6;

/** Error below 1e-17 for x up to 0.005. */
const smallSin = (x: number): number => x * (1 - (x * x) / 6 + (x * x * x * x) / 120);
const smallCos = (x: number): number => 1 - (x * x) / 2 + (x * x * x * x) / 24;
