import { drawAt, type RngSource } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import { US_PER_MS } from '../../../core/units.ts';
import type { LinkState } from './link-model.ts';

/** The key in `travelMs` for the jitter of the link of that name under the seed of `rng`. */
export const jitterKeyOf = (name: string, rng: RngSource): number => rng(`jitter/${name}`).below(2 ** 32);

/**
 * How long a message that departs at `departMs` travels over a link in `state`, jitter included. Jitter is constant for windows
 * of 10 ms and is a function of the seed, the link's name and the time alone, so that all parts compute the same.
 */
export const travelMs = (state: LinkState, jitterKey: number, departMs: Ms): Ms => {
  if (state.jitterUs === 0) return state.delayUs / US_PER_MS;
  const uniform = drawAt(jitterKey, Math.floor(departMs / JITTER_WINDOW_MS)) * 2 - 1;
  return Math.max(0, state.delayUs + uniform * state.jitterUs) / US_PER_MS;
};

/** How long jitter stays as it is. */
export const JITTER_WINDOW_MS = 10;
