import type { Outcome } from '../../core/event/event.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';

/** How a call that ended with the gRPC status `code` counts. */
export const outcomeOf = (code: number): Outcome => {
  if (code === grpcStatus.ok) return 'answered';
  if (code === grpcStatus.resourceExhausted) return 'refused';
  return code === grpcStatus.cancelled ? 'cancelled' : 'failed';
};
