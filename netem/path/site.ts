import { type Ellipsoid, type GroundPoint, groundPoint } from '../orbit/earth.ts';
import type { Place } from './place.ts';

/** A place as the sky sees it. */
export interface Site extends GroundPoint {
  readonly name: string;
  /** Its number in the sky it belongs to. */
  readonly index: number;
}

export const siteOf = (earth: Ellipsoid, place: Omit<Place, 'terminal'>, index: number): Site => ({
  ...groundPoint(earth, place.latDeg, place.lonDeg),
  name: place.name,
  index,
});
