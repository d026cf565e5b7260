import type { EventSink } from './event.ts';

/**
 * Passes events on to `emit`. An event with a number that is not finite cannot be written as JSON: it becomes a `fault` of `part`
 * that names the field. So the error is not lost, and not taken for a measurement.
 */
export const finiteEvents =
  (part: string, emit: EventSink): EventSink =>
  (event) => {
    const field = notFiniteIn(event);
    if (field === null) {
      emit(event);
      return;
    }
    const atMs = Number.isFinite(event.atMs) ? event.atMs : 0;
    emit({ kind: 'fault', atMs, part, reason: `has no number for ${field} of an event "${event.kind}"` });
  };

/** The path of the first number in `value` that is not finite, or null. */
const notFiniteIn = (value: object): string | null => {
  for (const [key, part] of Object.entries(value)) {
    if (typeof part === 'number' && !Number.isFinite(part)) return key;
    if (typeof part !== 'object' || part === null) continue;
    const within = notFiniteIn(part);
    if (within !== null) return `${key}.${within}`;
  }
  return null;
};
