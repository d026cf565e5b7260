import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';

/** How long the event loop of a router or a relay may wait at p99, and at most: what nodes may, too. */
const MOST_WAIT_MS: Ms = 10;
const MOST_SILENT_MS: Ms = 100;

/** The parts whose event loop waited too long, so that all that passed through them is late: a line each. */
export const eventLoopFaults = (events: readonly Extract<Event, { kind: 'event-loop' }>[]): readonly string[] =>
  events.flatMap(({ part, waitP99Ms, longestSilenceMs }) => [
    ...(waitP99Ms > MOST_WAIT_MS
      ? [`the event loop of the ${part} waited ${waitP99Ms.toFixed(1)} ms at p99, above ${MOST_WAIT_MS} ms`]
      : []),
    ...(longestSilenceMs >= MOST_SILENT_MS
      ? [`the ${part} fell silent for ${longestSilenceMs.toFixed(0)} ms, at or above ${MOST_SILENT_MS} ms`]
      : []),
  ]);
