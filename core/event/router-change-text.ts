import type { RouterChange } from './event.ts';

/** `router.ejection.consecutive 5 -> 2, router.subset all -> 1` */
export const routerChangesText = (changes: readonly RouterChange[]): string =>
  changes.map(({ key, from, to }) => `${key} ${shown(from)} -> ${shown(to)}`).join(', ');

const shown = (value: RouterChange['from']): string => {
  const text = value === null ? 'nothing' : String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
};

/** A variant may come whole. */
const LONGEST_SHOWN = 80;
