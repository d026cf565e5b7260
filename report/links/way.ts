import type { Ms } from '../../core/time/clock.ts';

/** A route between two points on the ground at one instant. */
export interface Way {
  /** Total length in km; Infinity when there is no route. */
  readonly km: number;
  /** Its satellites in order, by their numbers in the constellation; empty when there is no route. */
  readonly satellites: readonly number[];
}

export type WayAt = (atMs: Ms) => Way;

export const NO_WAY: Way = { km: Number.POSITIVE_INFINITY, satellites: [] };
