import type { Grouping } from './grouping.ts';

const COUNTS = ['0', '1', '2', '3+'] as const;

export const attemptCount: Grouping = {
  title: 'attempts',
  what: 'By how often it was routed; 0: it never reached a node, as when it was dropped or refused.',
  of:
    () =>
    ({ attempts }) =>
      COUNTS[Math.min(attempts, COUNTS.length - 1)],
  order: COUNTS,
};
