import { join } from 'node:path';
import type { Event } from '../../../core/event/event.ts';
import { readEvents } from '../../../core/event/io/event-file.ts';

/**
 * What the parts of a standing topology logged of one run, in the order of time. A log that is missing, cut short, begun anew
 * in the middle, or that lost events becomes a fault, so that the result cannot pass for a valid one.
 */
export const standingLogs = (folder: string, parts: readonly string[]): readonly Event[] =>
  parts
    .flatMap((part) => {
      const events = eventsIn(join(folder, `${part}.jsonl`));
      return [...events.filter(({ kind }) => kind !== 'log'), ...faultsOf(part, events)];
    })
    .sort((a, b) => a.atMs - b.atMs);

/** Whether every part has closed its log. */
export const areClosed = (folder: string, parts: readonly string[]): boolean =>
  parts.every((part) => {
    const last = eventsIn(join(folder, `${part}.jsonl`)).at(-1);
    return last?.kind === 'log' && last.state === 'closed';
  });

const faultsOf = (part: string, events: readonly Event[]): readonly Event[] => {
  const marks = events.filter((event) => event.kind === 'log');
  const fault = (reason: string): Event => ({ kind: 'fault', atMs: events.at(-1)?.atMs ?? 0, part, reason });
  const lost = marks.reduce((sum, mark) => sum + mark.lost, 0);
  const opened = marks.filter(({ state }) => state === 'opened').length;
  const openedAtMs = marks.find(({ state }) => state === 'opened')?.atMs ?? 0;
  return [
    ...(opened === 0 ? [fault('logged nothing of this run')] : []),
    ...(openedAtMs > 0 ? [fault(`began to log ${(openedAtMs / 1000).toFixed(1)} s into the run`)] : []),
    ...(opened > 1 ? [fault('was started anew during the run')] : []),
    ...(opened > 0 && marks.at(-1)!.state !== 'closed' ? [fault('ended before the run did')] : []),
    ...(lost > 0 ? [fault(`could not write ${lost} events of its log`)] : []),
  ];
};

const eventsIn = (path: string): readonly Event[] => {
  try {
    return readEvents(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
