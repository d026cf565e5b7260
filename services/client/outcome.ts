import type { Outcome } from '../../core/event/event.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';

/** How a call that ended with the gRPC status `code` counts. */
export const outcomeOf = (code: number): Outcome => {
  if (code === grpcStatus.ok) return 'answered';
  if (code === grpcStatus.resourceExhausted) return 'refused';
  return code === grpcStatus.cancelled ? 'cancelled' : 'failed';
};

/** How a request counts that the end of its run cut off: a run that came to its end, or one that was stopped early. */
export type CutOutcome = Extract<Outcome, 'open' | 'interrupted'>;

export const cutReason = (outcome: CutOutcome): string =>
  outcome === 'open' ? 'the run ended first' : 'the run was interrupted';
