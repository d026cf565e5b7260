import { setTimeout as pause } from 'node:timers/promises';
import { ascending, quantile } from '../../../core/stats/quantile.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import type { ClockFacts, TimerFacts } from '../facts.ts';
import { ask, commandOutcome } from './ask.ts';

const WATCHED_MS = 200;
const LOOKS = 15;
const SURE_MS = 0.05;

/** Compares the wall clock with the monotonic one for about 200 ms. The error is about 0.05 ms. */
export const clockFacts = async (timeoutMs: number): Promise<ClockFacts> => {
  const synchronised = ask(timeoutMs, () => isSynchronised(timeoutMs));
  const startMs = performance.now();
  const offsets: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    offsets.push(...offsetAtTick());
    await pause(WATCHED_MS / LOOKS);
  }
  if (offsets.length < 2) throw new Error('the machine is too busy to compare its clocks');
  return {
    movedMs: Math.max(...offsets) - Math.min(...offsets),
    watchedMs: performance.now() - startMs,
    isSynchronised: await synchronised,
  };
};

/**
 * The wall clock minus the monotonic one at a tick of the wall clock, which counts whole milliseconds. Empty when the
 * process did not run at the time of the tick.
 */
const offsetAtTick = (): readonly number[] => {
  const giveUpMs = performance.now() + 3;
  let [earlierMs, nowMs, wallMs] = [performance.now(), performance.now(), Date.now()];
  while (nowMs < giveUpMs) {
    const nextMs = performance.now();
    const nextWallMs = Date.now();
    const afterMs = performance.now();
    if (nextWallMs !== wallMs) return afterMs - earlierMs < SURE_MS ? [nextWallMs - nextMs] : [];
    [earlierMs, nowMs, wallMs] = [nowMs, nextMs, nextWallMs];
  }
  return [];
};

const isSynchronised = async (timeoutMs: number): Promise<boolean> => {
  const outcome = await commandOutcome('timedatectl', ['show', '--property=NTPSynchronized', '--value'], timeoutMs);
  const answer = outcome.kind === 'ended' && outcome.code === 0 ? outcome.out.trim() : '';
  if (answer !== 'yes' && answer !== 'no') throw new Error('timedatectl does not report it');
  return answer === 'yes';
};

const WARM_UP = 20;
const TIMERS = 400;
const APART_MS = 2;
const GOLDEN = 0.618034; // so that due times are spread evenly over the fractions of a millisecond

/** How late 400 timers of a live run's clock fire, within 0.9 s. Some timers before them let its thread start. */
export const timerFacts = async (): Promise<TimerFacts> => {
  const clock = new SystemClock({ startUnixMs: Date.now() });
  try {
    const latenesses = await new Promise<readonly number[]>((resolve) => {
      const lateMs: number[] = [];
      const next = (index: number, dueMs: number): void => {
        clock.at(dueMs, () => {
          lateMs.push(clock.now() - dueMs);
          if (index === WARM_UP + TIMERS) resolve(lateMs.slice(WARM_UP));
          else next(index + 1, Math.max(dueMs, clock.now()) + APART_MS + ((index * GOLDEN) % 1));
        });
      };
      next(1, clock.now() + 50);
    });
    const sorted = ascending(latenesses);
    return { timers: sorted.length, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
  } finally {
    clock.close();
  }
};
