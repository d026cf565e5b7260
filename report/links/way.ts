import type { Ms } from '../../core/time/clock.ts';

/** A way between two points on the ground at one instant. */
export interface Way {
  /** All of it, in km; Infinity when there is none. */
  readonly km: number;
  /** The satellites it goes over, in order, by their numbers within the constellation; empty when there is none. */
  readonly satellites: readonly number[];
}

export type WayAt = (atMs: Ms) => Way;

export const NO_WAY: Way = { km: Number.POSITIVE_INFINITY, satellites: [] };
