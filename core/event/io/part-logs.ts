import { existsSync } from 'node:fs';
import type { Event } from '../event.ts';
import { logFaults } from '../log-faults.ts';
import { eachEvent } from './event-reader.ts';

/** The log of one part of a run: the part’s name, and its file, which may not be there. */
export interface PartLog {
  readonly part: string;
  readonly path: string;
  /** Why its disk took no more, where that is known. */
  readonly unwritten?: string;
}

/**
 * What the parts of a run logged, merged by time, with one event of each log in memory. What is missing of a log comes as
 * faults at its end. The lines that mark the begin and end of a log are left out. `more` are events of another source.
 */
export function* partLogs(logs: readonly PartLog[], more: Iterable<Event> = []): Generator<Event> {
  const sources = [...logs.map(eventsOf), more].map((events) => events[Symbol.iterator]());
  const heads = sources.map((source) => source.next());
  for (;;) {
    let first = -1;
    for (const [index, head] of heads.entries()) {
      if (head.done !== true && (first < 0 || head.value.atMs < (heads[first]!.value as Event).atMs)) first = index;
    }
    if (first < 0) return;
    yield heads[first]!.value as Event;
    heads[first] = sources[first]!.next();
  }
}

function* eventsOf({ part, path, unwritten }: PartLog): Generator<Event> {
  const marks: Extract<Event, { kind: 'log' }>[] = [];
  let lastAtMs = 0;
  for (const event of existsSync(path) ? eachEvent(path) : []) {
    lastAtMs = event.atMs;
    if (event.kind === 'log') marks.push(event);
    else yield event;
  }
  yield* logFaults(part, marks, lastAtMs, unwritten);
}
