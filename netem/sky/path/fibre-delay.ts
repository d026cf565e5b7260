import { vacuumUs } from '../../../core/units.ts';

/** By what factor light is slower in fibre than in vacuum. Source: ITU-T G.652 fibre at 1550 nm. */
const REFRACTIVE_INDEX = 1.468;

/** One-way delay in microseconds of fibre between points `greatCircleKm` apart; the fibre is `stretch` times as long. */
export const fibreDelayUs = (greatCircleKm: number, stretch: number): number =>
  vacuumUs(greatCircleKm * stretch * REFRACTIVE_INDEX);
