import { constants, sgp4 } from 'satellite.js';
import { WGS84 } from './earth.ts';
import type { ElementSet } from './element-set.ts';

/** Why a satellite of a list is not used at an instant. */
export type Absence =
  /** It would fly below 160 km, or its list says that it came down. */
  | 'decayed'
  /** It is far from the heights of the orbit that its elements describe: the theory was carried too far from their epoch. */
  | 'strayed'
  /** SGP4 finds no orbit, as for a hyperbolic one. */
  | 'no-orbit'
  /** The list has newer elements of the same satellite, or the same ones again. */
  | 'superseded';

/** In kilometres from the centre of the Earth, on axes that do not turn with it. */
interface Position {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Where SGP4 puts a satellite at an instant, or why it is not used then. A satellite is used while it is above 160 km, and between
 * the perigee and the apogee of its elements, give or take 100 km or a tenth of its mean height, whichever is more: an assumption
 * that drag keeps within for months and that a diverged orbit breaks.
 */
export const positionOfElements = (set: ElementSet, unixMs: number): Position | Absence => {
  if (set.isSuperseded) return 'superseded';
  if (unixMs >= set.decayUnixMs) return 'decayed';
  // Minutes since the epoch of the elements. A `Date` would round to milliseconds, a Julian date to 40 microseconds.
  const state = sgp4(set.orbit, (unixMs - set.epochUnixMs) / 60_000);
  if (state === null) return set.orbit.error === DECAYED ? 'decayed' : 'no-orbit';
  const { position } = state;
  const { x, y, z } = position;
  const radiusKm = Math.sqrt(x * x + y * y + z * z);
  const groundKm = WGS84.equatorKm * (1 - (WGS84.flattening * z * z) / (radiusKm * radiusKm));
  if (radiusKm - groundKm < LEAST_HEIGHT_KM) return 'decayed';
  const { ecco } = set.orbit;
  const axisKm = meanRadiusKm(set);
  const marginKm = Math.max(LEAST_MARGIN_KM, MARGIN_SHARE * (axisKm - WGS84.equatorKm));
  const isNear = radiusKm >= axisKm * (1 - ecco) - marginKm && radiusKm <= axisKm * (1 + ecco) + marginKm;
  return isNear ? position : 'strayed'; // NaN is not near
};

/** Half of the long axis of an orbit, in kilometres: its mean distance from the centre of the Earth. */
export const meanRadiusKm = ({ orbit }: ElementSet): number =>
  constants.earthRadius * (constants.xke / orbit.no) ** (2 / 3);

/** What SGP4 calls an orbit that has gone below the ground. */
const DECAYED = 6;

/** An orbit does not last a day below this. */
const LEAST_HEIGHT_KM = 160;

const LEAST_MARGIN_KM = 100;
const MARGIN_SHARE = 0.1;
