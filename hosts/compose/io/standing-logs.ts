import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskError } from '../../../core/config/disk-error.ts';
import type { Event } from '../../../core/event/event.ts';
import { lastEvent } from '../../../core/event/io/event-reader.ts';
import { partLogs } from '../../../core/event/io/part-logs.ts';

/**
 * What the parts of a running topology logged of one run, in the order of time. A log that is missing, cut short, restarted
 * in the middle, or that lost events becomes a fault, so that the result is not taken for a valid one.
 */
export const standingLogs = (
  folder: string,
  parts: readonly string[],
  /** Why the disk took no more; null where it took all. */
  unwritten: DiskError | null,
): Iterable<Event> =>
  partLogs(
    parts.map((part) => ({
      part,
      path: pathOf(folder, part),
      ...(unwritten !== null && { unwritten: unwritten.reason }),
    })),
  );

/** Whether every part has closed its log. */
export const areClosed = (folder: string, parts: readonly string[]): boolean =>
  parts.every((part) => {
    const path = pathOf(folder, part);
    const last = existsSync(path) ? lastEvent(path) : null;
    return last?.kind === 'log' && last.state === 'closed';
  });

const pathOf = (folder: string, part: string): string => join(folder, `${part}.jsonl`);
