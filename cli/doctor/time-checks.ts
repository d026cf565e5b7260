import { ok, type Verdict, warning } from './check.ts';
import type { ClockFacts, TimerFacts } from './facts.ts';

/** From this move on it is a step: a program set the clock. The drift limit is above the 500 ppm by which a kernel slews. */
const STEP_MS = 1;
const DRIFT_PPM = 1000;

/**
 * Each process reads the monotonic clock, and sets its offset from the wall clock at its start. If the wall clock moves while
 * processes start, their times differ. Containers on one machine share one clock; the machines of a Swarm do not.
 */
export const clockVerdict = ({ movedMs, watchedMs, isSynchronised }: ClockFacts): Verdict => {
  const synchronised =
    isSynchronised.kind === 'unknown'
      ? 'whether it is synchronised is not known'
      : isSynchronised.value
        ? 'synchronised'
        : 'not synchronised';
  const found = `moved ${movedMs.toFixed(3)} ms in ${Math.round(watchedMs)} ms; ${synchronised}`;
  const fix = 'let only one service set the clock (chrony, systemd-timesyncd or the host of this VM), and check again';
  if (movedMs >= STEP_MS) {
    return warning({
      found,
      means: 'the wall clock was stepped: the times of processes that start around a step differ by that step',
      fix,
    });
  }
  if (movedMs > (watchedMs * DRIFT_PPM) / 1e6) {
    return warning({
      found,
      means: 'the wall clock drifts from the monotonic one: the times of processes differ by the sum of the drift',
      fix,
    });
  }
  return ok(found, 'steady; one machine needs no synchronisation, but a Swarm of several does');
};

/** How late a relay may be without a visible effect on paths of tens of milliseconds. */
const LATE_P50_MS = 0.3;
const LATE_P99_MS = 1.0;

export const timersVerdict = ({ timers, p50Ms, p99Ms }: TimerFacts): Verdict => {
  const found = `late by ${p50Ms.toFixed(2)} ms at p50, ${p99Ms.toFixed(2)} ms at p99 (${timers} timers)`;
  if (p50Ms > LATE_P50_MS || p99Ms > LATE_P99_MS) {
    return warning({
      found,
      means: `relays delay bytes by that much more (limit: ${LATE_P50_MS} and ${LATE_P99_MS.toFixed(1)} ms); results of live runs report it`,
      fix: 'end other programs, or use a machine that is not shared; simulated runs do not depend on it',
    });
  }
  return ok(found, 'relays delay bytes by the right time');
};
