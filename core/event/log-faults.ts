import type { Ms } from '../time/clock.ts';
import type { Event } from './event.ts';

type Mark = Extract<Event, { kind: 'log' }>;

/**
 * The faults of the log of one part of a run, found by its marks, as `fault` events at `atMs`: the log is missing, cut short,
 * began again in the middle of the run, or lost events to a full disk. Empty for a complete log. `unwritten` is why the disk took no more, where that is known.
 */
export const logFaults = (part: string, marks: readonly Mark[], atMs: Ms, unwritten?: string): readonly Event[] => {
  const fault = (reason: string): Event => ({ kind: 'fault', atMs, part, reason });
  const withoutEnd =
    unwritten === undefined ? 'ended before the run did' : `could not write all of its log: ${unwritten}`;
  const lost = marks.reduce((sum, mark) => sum + mark.lost, 0);
  const opened = marks.filter(({ state }) => state === 'opened').length;
  const openedAtMs = marks.find(({ state }) => state === 'opened')?.atMs ?? 0;
  return [
    ...(opened === 0 ? [fault('logged nothing of this run')] : []),
    ...(openedAtMs > 0 ? [fault(`began to log ${(openedAtMs / 1000).toFixed(1)} s into the run`)] : []),
    ...(opened > 1 ? [fault('was started anew during the run')] : []),
    ...(opened > 0 && marks.at(-1)!.state !== 'closed' ? [fault(withoutEnd)] : []),
    ...(lost > 0 ? [fault(`could not write ${lost} events of its log`)] : []),
  ];
};
