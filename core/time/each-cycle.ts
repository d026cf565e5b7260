import type { Clock, Ms } from './clock.ts';

/**
 * Calls `play` now and at the start of each later cycle; only now where nothing repeats (`cycleMs` is null). `baseMs` is when the cycle
 * began, `nowMs` the present: what `play` finds before it is over.
 */
export const eachCycle = (clock: Clock, cycleMs: Ms | null, play: (baseMs: Ms, nowMs: Ms) => void): void => {
  const playCycle = (baseMs: Ms, nowMs: Ms): void => {
    play(baseMs, nowMs);
    if (cycleMs !== null) clock.at(baseMs + cycleMs, (dueMs) => playCycle(dueMs, dueMs));
  };
  const nowMs = clock.now();
  playCycle(cycleMs === null ? 0 : Math.floor(nowMs / cycleMs) * cycleMs, nowMs);
};
