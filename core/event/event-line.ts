import type { Event } from './event.ts';

/**
 * One line of the log. Instants keep a tenth of a microsecond, finer than any clock here can measure; every other number is
 * written in full. JSON has no NaN and no infinity: an event with one of them becomes a `fault` that says so.
 */
export const eventLine = (event: Event): string => {
  let unwritable: string | null = null;
  const line = JSON.stringify(event, (key, value: unknown) => {
    if (typeof value !== 'number') return value;
    if (!Number.isFinite(value)) unwritable ??= `${key} ${value}`;
    return isInstant(key) ? Math.round(value * 1e4) / 1e4 : value;
  });
  return unwritable === null ? `${line}\n` : `${JSON.stringify(unwritableFault(event, unwritable))}\n`;
};

const isInstant = (key: string): boolean => key === 'atMs' || key.endsWith('AtMs');

const unwritableFault = ({ kind, atMs }: Event, what: string): Event => ({
  kind: 'fault',
  atMs: Number.isFinite(atMs) ? atMs : 0,
  part: 'log',
  reason: `left out an event "${kind}" with ${what}, which is no number that can be written`,
});
