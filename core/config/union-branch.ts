import type { z } from 'zod';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/**
 * Which alternative of a union was meant: returns the mistakes of the alternative that fits best, or the issue itself when none
 * fits better than another. A word means the alternative of fixed words if it is near one of them; a map means the one with the fewest mistakes.
 */
export const branchMeant = (issue: Issue, value: unknown): readonly Issue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const fits = issue.errors.filter(([first]) => first !== undefined && !isOtherType(first, value));
  const best = fits.toSorted((a, b) => a.length - b.length)[0];
  if (best === undefined || value === undefined || isFarFrom(best, value)) return [issue];
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
};

/** Whether the alternative is of fixed words, and the value is a word that is like none of them: then any other may be meant. */
const isFarFrom = ([first]: readonly Issue[], value: unknown): boolean =>
  first?.code === 'invalid_value' &&
  first.path.length === 0 &&
  typeof value === 'string' &&
  nearest(value, first.values.map(String)) === null;

const isOtherType = (issue: Issue, value: unknown): boolean => {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_value') return typeof value !== 'string';
  return issue.code === 'invalid_type' || issue.code === 'invalid_union';
};
