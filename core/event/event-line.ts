import type { Event } from './event.ts';

/** One line of the log. Instants keep a tenth of a microsecond, which is more than any clock here knows. */
export const eventLine = (event: Event): string => `${JSON.stringify(event, roundInstant)}\n`;

const roundInstant = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e4) / 1e4 : value;
