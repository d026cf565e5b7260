/**
 * Where the distribution of a latency is drawn: shares from 0 to 0.9999, evenly spaced on an axis of nines, -log10(1 - share), so that
 * each further nine takes the same place.
 */
export const TAIL: readonly number[] = Array.from({ length: 201 }, (_, step) => 1 - 10 ** (-step / 50));

/** How many nines a share has: 0.99 has two. */
export const ninesOf = (share: number): number => -Math.log10(1 - share);
