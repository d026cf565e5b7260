import type { Event } from '../../../core/event/event.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { FaultCost } from './fault-cost.ts';

/** What does not hold of a fault, a line each; empty where all does. `lateMs` is by how much this host may be late, by its own log. */
export const brokenClaims = (
  cost: FaultCost,
  { lateMs, maxAttempts }: { readonly lateMs: Ms; readonly maxAttempts: number },
): readonly string[] => {
  const { sentBefore, lostUnbegun, ofThoseTriedUp, leftAfterMs, mayLeaveAfterMs } = cost;
  const { extraAttempts, extraElsewhere, mostAttempts, budget } = cost;
  const isBudgetSpent = budget !== null && extraAttempts >= budget.least - 1;
  return [
    ...(sentBefore === 0 ? ['nothing was sent there before it'] : []),
    ...(lostUnbegun > ofThoseTriedUp && !isBudgetSpent
      ? [
          `${lostUnbegun - ofThoseTriedUp} requests were lost that had not begun and had attempts left, as had the budget`,
        ]
      : []),
    ...(mayLeaveAfterMs !== null && leftAfterMs > mayLeaveAfterMs + lateMs
      ? [
          `something was sent there after ${leftAfterMs.toFixed(0)} ms, later than ${(mayLeaveAfterMs + lateMs).toFixed(0)}`,
        ]
      : []),
    ...(extraElsewhere > 0 ? [`${extraElsewhere} extra attempts of requests that it did not hit`] : []),
    ...(budget !== null && extraAttempts > budget.most
      ? [`${extraAttempts} extra attempts, more than the ${budget.most} that the budget allows`]
      : []),
    ...(mostAttempts > maxAttempts ? [`a request had ${mostAttempts} attempts, more than ${maxAttempts}`] : []),
  ];
};

/** How late a host may be: the longest silences of the parts that all messages pass, and the ends of steps of the latest node. */
export const lateBy = (events: readonly Event[]): Ms => {
  const silences = events.flatMap((event) => (event.kind === 'event-loop' ? [event.longestSilenceMs] : []));
  const steps = events.flatMap((event) => (event.kind === 'lateness' ? [event.lateP99Ms] : []));
  return silences.reduce((sum, silenceMs) => sum + silenceMs, 0) + Math.max(0, ...steps);
};
