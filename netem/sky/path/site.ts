import { type Ellipsoid, type GroundPoint, groundPoint } from '../orbit/earth.ts';
import type { Place } from './place.ts';

/** A place as the sky sees it. */
export type Site = GroundSite | OrbitalSite;

export interface GroundSite extends GroundPoint {
  readonly name: string;
  /** Its number in the sky it belongs to. */
  readonly index: number;
}

/** On board of a satellite: the only one it can use, at no distance. */
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
