import type { Event } from '../core/event/event.ts';

/**
 * Everything that the parts of a run logged, then its last line `ended`, at the time when the load generator closed, or of the
 * last event if the generator logged nothing.
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
