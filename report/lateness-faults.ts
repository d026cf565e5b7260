import type { Event } from '../core/event/event.ts';
import type { Ms } from '../core/time/clock.ts';

/** How late the steps of a node may end at p99, and how long its event loop may be silent. */
const MOST_LATE_MS: Ms = 10;
const MOST_SILENT_MS: Ms = 100;

/** The nodes that did not keep their own step clock, so that their answers are not those of the scenario: a line each. */
export const latenessFaults = (events: readonly Extract<Event, { kind: 'lateness' }>[]): readonly string[] =>
  events.flatMap(({ node, lateP99Ms, longestSilenceMs }) => [
    ...(lateP99Ms > MOST_LATE_MS
      ? [`node ${node} fell behind: its steps ended ${lateP99Ms.toFixed(1)} ms late at p99, above ${MOST_LATE_MS} ms`]
      : []),
    ...(longestSilenceMs >= MOST_SILENT_MS
      ? [`node ${node} fell silent for ${longestSilenceMs.toFixed(0)} ms, at or above ${MOST_SILENT_MS} ms`]
      : []),
  ]);
