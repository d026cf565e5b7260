import type { Ms } from '../../core/time/clock.ts';

/** How far the medians of two hosts may be apart: 2 ms, or 2 % of `usualMs`. */
export const mostMedianMs = (usualMs: Ms): Ms => Math.max(2, 0.02 * usualMs);

/** How far their p99 may be apart: a share of `usualMs`. */
export const mostTailMs = (usualMs: Ms, share = 0.05): Ms => share * usualMs;
