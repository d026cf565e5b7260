import { type Ellipsoid, type GroundPoint, groundPoint } from '../orbit/earth.ts';
import type { Place } from './place.ts';

/** A place at which a path can begin or end. */
export type Site = GroundSite | OrbitalSite;

export interface GroundSite extends GroundPoint {
  readonly name: string;
  /** Its number in its `Sky`. */
  readonly index: number;
}

/** On board a satellite, which is the only one it can use, at distance 0. */
export interface OrbitalSite {
  readonly name: string;
  readonly index: number;
  /** Its number within the constellation. */
  readonly satellite: number;
}

export const siteOf = (earth: Ellipsoid, place: Omit<Place, 'terminal'>, index: number): GroundSite => ({
  ...groundPoint(earth, place.latDeg, place.lonDeg),
  name: place.name,
  index,
});
