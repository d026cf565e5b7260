import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { RetrySettings } from './retry-schema.ts';

/**
 * How long the n-th retry of a request waits: `min(base * multiplier^(n-1), max) * U[0.8, 1.2]`, and nothing for those that begin at
 * once, which do not count as waits. `retry` counts from 1; it draws only where there is a wait. Source: gRFC A6.
 */
export const backoffMs = (
  { atOnce, baseMs, multiplier, maxMs }: Pick<RetrySettings, 'atOnce' | 'baseMs' | 'multiplier' | 'maxMs'>,
  retry: number,
  rng: Rng,
): Ms => {
  const waits = retry - atOnce;
  if (waits <= 0) return 0;
  return Math.min(baseMs * multiplier ** (waits - 1), maxMs) * (0.8 + 0.4 * rng.next());
};
