import type { SatelliteRef } from '../orbit/satellite-ref.ts';

/** A named point on the ground. `terminal` says whether it has a dish. */
export interface Place {
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly terminal: boolean;
}

/** A satellite of the constellation. It is reached over its lasers and from terminals that see it, never by fibre. */
export interface OrbitalPlace {
  readonly name: string;
  readonly satellite: SatelliteRef;
}
