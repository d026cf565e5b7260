import type { Attempt } from '../attempt/attempt.ts';
import type { Ending } from '../attempt/ending.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';

/**
 * Whether an attempt that has ended counts as a failure of its endpoint, or as a success; null where it says nothing of it. A failure is
 * the fault of node or path. RESOURCE_EXHAUSTED is none: a full node says so, and pushes back.
 */
export const isFailure = ({ hasFirstMessage }: Attempt, { fault, code }: Ending): boolean | null => {
  if (fault === 'client' || code === grpcStatus.resourceExhausted) return null;
  if (fault !== 'none') return true;
  // What ended by nobody's fault without a message says nothing: a client left, or a deadline passed.
  return hasFirstMessage || code === grpcStatus.ok ? false : null;
};
