import type { Event } from './event.ts';

/**
 * What the log keeps of an event: a copy whose instants have a tenth of a microsecond, finer than any clock here can measure, and every
 * other number in full. JSON has no NaN and no infinity: an event with one of them becomes a `fault` that says so.
 */
export const loggedEvent = (event: Event): Event => {
  try {
    return kept(event);
  } catch (error) {
    if (!(error instanceof NotFinite)) throw error;
    return unwritableFault(event, error.message);
  }
};

class NotFinite extends Error {}

// Each request has seven events, and each event passes here: a plain loop over numbers, without a call for each key.
const kept = <Part extends object>(of: Part): Part => {
  const copy = (Array.isArray(of) ? [...of] : { ...of }) as Part;
  for (const key in copy) {
    const value: unknown = copy[key];
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new NotFinite(`${key} ${value}`);
      if (isInstant(key)) copy[key] = (Math.round(value * 1e4) / 1e4) as Part[typeof key];
    } else if (typeof value === 'object' && value !== null) {
      copy[key] = kept(value) as Part[typeof key];
    }
  }
  return copy;
};

const isInstant = (key: string): boolean => key.endsWith('tMs') && (key === 'atMs' || key.endsWith('AtMs'));

const unwritableFault = ({ kind, atMs }: Event, what: string): Event => ({
  kind: 'fault',
  atMs: Number.isFinite(atMs) ? atMs : 0,
  part: 'log',
  reason: `left out an event "${kind}" with ${what}, which is no number that can be written`,
});
