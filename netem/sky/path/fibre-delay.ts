import { vacuumUs } from '../../../core/units.ts';

/** How much slower light is in fibre than in vacuum. Source: ITU-T G.652 fibre at 1550 nm. */
const REFRACTIVE_INDEX = 1.468;

/** One-way time in microseconds over fibre between points `greatCircleKm` apart, laid `stretch` times as long. */
export const fibreDelayUs = (greatCircleKm: number, stretch: number): number =>
  vacuumUs(greatCircleKm * stretch * REFRACTIVE_INDEX);
