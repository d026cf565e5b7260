import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * Which alternative of a union was meant: returns the mistakes of the alternative that fits best, or the issue itself when none
 * fits better than another. A word means the alternative of fixed words; a map means the one with the fewest mistakes.
 */
export const branchMeant = (issue: Issue, value: unknown): readonly Issue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const fits = issue.errors.filter(([first]) => first !== undefined && !isOtherType(first, value));
  const best = fits.toSorted((a, b) => a.length - b.length)[0];
  if (best === undefined || value === undefined) return [issue];
  return best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
};

const isOtherType = (issue: Issue, value: unknown): boolean => {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_value') return typeof value !== 'string';
  return issue.code === 'invalid_type' || issue.code === 'invalid_union';
};
