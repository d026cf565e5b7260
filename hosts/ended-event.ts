import type { Event } from '../core/event/event.ts';

/**
 * The last line of a run of which `events` are all that its parts logged: it ended when its load generator closed, or with the
 * last event where that said nothing.
 */
export const endedEvent = (events: readonly Event[], isInterrupted: boolean): Event => ({
  kind: 'ended',
  atMs: events.findLast(({ kind }) => kind === 'generator')?.atMs ?? events.at(-1)?.atMs ?? 0,
  isInterrupted,
});
