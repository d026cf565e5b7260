import type { Event } from './event.ts';
import { loggedEvent } from './logged-event.ts';

/** One line of the log, with its line feed: JSON of what `loggedEvent` keeps. */
export const eventLine = (event: Event): string => `${JSON.stringify(loggedEvent(event))}\n`;
