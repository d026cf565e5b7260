import type { Decision } from './policy.ts';

type Reject = Extract<Decision, { kind: 'reject' }>;

/** No endpoint is available. */
export const NO_ENDPOINT: Reject = Object.freeze({ kind: 'reject', reason: 'no-endpoint' });

/** Every endpoint keeps failing. */
export const BROKEN: Reject = Object.freeze({ kind: 'reject', reason: 'broken' });

/** Every endpoint is at its limit of requests. */
export const OVERLOADED: Reject = Object.freeze({ kind: 'reject', reason: 'overloaded' });

/** No endpoint serves the model that is asked for. */
export const NO_MODEL: Reject = Object.freeze({ kind: 'reject', reason: 'no-model' });

/** The decision for that endpoint, without a price, made once and shared, so that a pick allocates nothing. */
export const pickOf = (endpoint: number): Decision => {
  while (picks.length <= endpoint) {
    picks.push(Object.freeze({ kind: 'pick', endpoint: picks.length, costMs: Number.NaN, predictedMs: Number.NaN }));
  }
  return picks[endpoint]!;
};

const picks: Decision[] = [];
