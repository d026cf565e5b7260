import { ok, type Verdict, warning } from './check.ts';
import type { ClockFacts, TimerFacts } from './facts.ts';

/** A step is a jump that somebody made; a drift below this is within the 500 ppm by which a kernel slews its clock. */
const STEP_MS = 1;
const DRIFT_PPM = 1000;

/**
 * Processes read the monotonic clock, anchored to the wall clock when each starts: a clock that moves while they start
 * puts them apart. The containers of one machine share one clock, the machines of a Swarm do not.
 */
export const clockVerdict = ({ movedMs, watchedMs, isSynchronised }: ClockFacts): Verdict => {
  const synchronised =
    isSynchronised.kind === 'unknown'
      ? 'whether it is synchronised is not known'
      : isSynchronised.value
        ? 'synchronised'
        : 'not synchronised';
  const found = `moved ${movedMs.toFixed(3)} ms in ${Math.round(watchedMs)} ms; ${synchronised}`;
  const fix = 'let one service set the clock (chrony, systemd-timesyncd or the host of this VM), and look again';
  if (movedMs >= STEP_MS) {
    return warning({
      found,
      means: 'the wall clock was stepped: processes that start around a step disagree by it',
      fix,
    });
  }
  if (movedMs > (watchedMs * DRIFT_PPM) / 1e6) {
    return warning({
      found,
      means: 'the wall clock runs unlike the monotonic one: processes disagree by what adds up',
      fix,
    });
  }
  return ok(found, 'steady; one machine needs no synchronisation, a Swarm of several does');
};

/** What a relay may be late by without showing beside paths of tens of milliseconds. */
const LATE_P50_MS = 0.3;
const LATE_P99_MS = 1.0;

export const timersVerdict = ({ timers, p50Ms, p99Ms }: TimerFacts): Verdict => {
  const found = `late by ${p50Ms.toFixed(2)} ms at p50, ${p99Ms.toFixed(2)} ms at p99 (${timers} timers)`;
  if (p50Ms > LATE_P50_MS || p99Ms > LATE_P99_MS) {
    return warning({
      found,
      means: `relays hold bytes that much longer (bar: ${LATE_P50_MS} and ${LATE_P99_MS.toFixed(1)} ms); results of live runs state it`,
      fix: 'end what else runs, or use a machine of your own; simulated runs do not depend on it',
    });
  }
  return ok(found, 'relays hold bytes as long as they should');
};
