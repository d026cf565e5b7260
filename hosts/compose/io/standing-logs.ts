import { join } from 'node:path';
import type { Event } from '../../../core/event/event.ts';
import { readEvents } from '../../../core/event/io/event-reader.ts';
import { logFaults } from '../../../core/event/log-faults.ts';

/**
 * What the parts of a standing topology logged of one run, in the order of time. A log that is missing, cut short, begun anew
 * in the middle, or that lost events becomes a fault, so that the result cannot pass for a valid one.
 */
export const standingLogs = (folder: string, parts: readonly string[]): readonly Event[] =>
  parts
    .flatMap((part) => {
      const events = eventsIn(join(folder, `${part}.jsonl`));
      return [...events.filter(({ kind }) => kind !== 'log'), ...logFaults(part, events)];
    })
    .sort((a, b) => a.atMs - b.atMs);

/** Whether every part has closed its log. */
export const areClosed = (folder: string, parts: readonly string[]): boolean =>
  parts.every((part) => {
    const last = eventsIn(join(folder, `${part}.jsonl`)).at(-1);
    return last?.kind === 'log' && last.state === 'closed';
  });

const eventsIn = (path: string): readonly Event[] => {
  try {
    return readEvents(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
