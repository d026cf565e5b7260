import type { Condition, ConditionCause } from './condition.ts';
import type { FaultKind } from './fault.ts';

/** How a node is, in a word and one line for a person. */
export interface NodeState {
  readonly status: 'serving' | 'starting' | 'draining' | 'unpowered' | 'faulted';
  /** Null where it serves. */
  readonly reason: string | null;
}

/** The state of a node under a condition, with the faults that are active. A node that is only slow is faulted too. */
export const nodeStateOf = (now: {
  readonly condition: Condition;
  readonly cause: ConditionCause;
  readonly faults: readonly FaultKind[];
}): NodeState => {
  const { condition, cause, faults } = now;
  if (condition === 'draining') {
    return { status: condition, reason: cause === 'order' ? 'was told to drain' : 'drains by its scenario' };
  }
  if (condition === 'starting') return { status: condition, reason: 'starts, by its scenario' };
  if (cause === 'power') return { status: 'unpowered', reason: 'has no power' };
  if (faults.length > 0) return { status: 'faulted', reason: `injected: ${faults.join(', ')}` };
  return { status: 'serving', reason: null };
};
