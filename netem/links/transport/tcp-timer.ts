import type { Ms } from '../../../core/time/clock.ts';

/** How a kernel counts time: `tickMs` from tick to tick (0 for exact timers), and where the ticks lie. */
export interface Ticks {
  readonly tickMs: Ms;
  readonly phaseMs: Ms;
}

/** `afterMs` as a kernel keeps it: in whole ticks, rounded up. */
export const inTicksMs = ({ tickMs }: Ticks, afterMs: Ms): Ms =>
  tickMs === 0 ? afterMs : (Math.floor(afterMs / tickMs) + 1) * tickMs;

/** When a timer that is set at `nowMs` for `afterMs` fires in a kernel that counts time in ticks: on one, one to two ticks late. */
export const firesAtMs = ({ tickMs, phaseMs }: Ticks, nowMs: Ms, afterMs: Ms): Ms => {
  if (tickMs === 0) return nowMs + Math.max(0, afterMs);
  const now = Math.floor((nowMs - phaseMs) / tickMs);
  return (now + Math.floor(Math.max(0, afterMs) / tickMs) + 2) * tickMs + phaseMs;
};
