import type { Decision } from './policy.ts';

type Reject = Extract<Decision, { kind: 'reject' }>;

/** There is nothing to choose from. */
export const NO_ENDPOINT: Reject = Object.freeze({ kind: 'reject', reason: 'no-endpoint' });

/** What there is has as much as it may have. */
export const OVERLOADED: Reject = Object.freeze({ kind: 'reject', reason: 'overloaded' });

/** The decision for that endpoint, made once and shared, so that a pick allocates nothing. */
export const pickOf = (endpoint: number): Decision => {
  while (picks.length <= endpoint) picks.push(Object.freeze({ kind: 'pick', endpoint: picks.length }));
  return picks[endpoint]!;
};

const picks: Decision[] = [];
