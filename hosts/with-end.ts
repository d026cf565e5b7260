import type { Event } from '../core/event/event.ts';

/**
 * All that the parts of a run logged, and its last line: it ended when its load generator closed, or with the last event where
 * that said nothing.
 */
export function* withEnd(events: Iterable<Event>, isInterrupted: boolean): Generator<Event> {
  let lastAtMs = 0;
  let closedAtMs: number | null = null;
  for (const event of events) {
    lastAtMs = Math.max(lastAtMs, event.atMs);
    if (event.kind === 'generator') closedAtMs = event.atMs;
    yield event;
  }
  yield { kind: 'ended', atMs: closedAtMs ?? lastAtMs, isInterrupted };
}
