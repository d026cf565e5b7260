import type { Ms } from '../../../core/time/clock.ts';
import { earliest } from '../model/earliest.ts';
import type { Effect } from '../model/link-model.ts';
import { raisedCosine } from './local-hours.ts';
import { losing } from './with-loss.ts';

/** What the traffic of others does to a link every day. The numbers are those of its peak. */
export interface DailyCongestion {
  /** When it is worst, in hours UTC. */
  readonly peakHourUtc: number;
  /** The shortest wait in the queue, in microseconds. */
  readonly queueUs: number;
  /** Half-width of the variation on top; it only adds. */
  readonly jitterUs: number;
  readonly lossRate: number;
}

/**
 * Adds queueing delay, jitter and loss in proportion to a load that rises from nothing to its peak and falls back within a
 * day (a raised cosine), in steps of a minute UTC. `epochUnixMs` is the instant of the start of the run, whole milliseconds.
 */
export const withDailyCongestion = (congestion: DailyCongestion, epochUnixMs: number): Effect => {
  const { peakHourUtc, queueUs, jitterUs, lossRate } = congestion;
  const startMs = (minute: number): Ms => minute * MINUTE_MS - epochUnixMs;
  const minuteAt = (atMs: Ms): number => {
    const minute = Math.floor((atMs + epochUnixMs) / MINUTE_MS);
    // Rounding in the sum can give the minute next to the right one.
    if (atMs < startMs(minute)) return minute - 1;
    return atMs < startMs(minute + 1) ? minute : minute + 1;
  };
  const loadAt = (atMs: Ms): number =>
    raisedCosine((minuteAt(atMs) - peakHourUtc * 60) % MINUTES_PER_DAY, MINUTES_PER_DAY);
  return (link) => ({
    stateAt(atMs) {
      const state = link.stateAt(atMs);
      const load = loadAt(atMs);
      return {
        ...losing(state, { lossRate: load * lossRate }),
        delayUs: state.delayUs + load * (queueUs + jitterUs),
        jitterUs: state.jitterUs + load * jitterUs,
      };
    },
    nextChangeAfter: (afterMs) => earliest(link.nextChangeAfter(afterMs), startMs(minuteAt(afterMs) + 1)),
  });
};

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1440;
