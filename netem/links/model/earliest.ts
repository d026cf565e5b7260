import type { Ms } from '../../../core/time/clock.ts';

/** The earlier of two changes, where null is never. */
export const earliest = (a: Ms | null, b: Ms | null): Ms | null => {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
};
