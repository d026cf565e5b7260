import type { Attempt } from '../attempt/attempt.ts';
import { type Ending, MOVED_OFF } from '../attempt/ending.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';

/**
 * Whether an attempt that has ended counts as a failure of its endpoint, or as a success; null where it says nothing of it. A failure is
 * the fault of node or path. RESOURCE_EXHAUSTED is none: a full node says so, and pushes back. That requests were moved off an endpoint
 * which health checks have the router leave is none either: the checks know when it is back, and ejection is for what they do not see.
 */
export const isFailure = ({ hasFirstMessage }: Attempt, ending: Ending): boolean | null => {
  if (ending === MOVED_OFF.path || ending === MOVED_OFF.node) return null;
  const { fault, code } = ending;
  if (fault === 'client' || code === grpcStatus.resourceExhausted) return null;
  if (fault !== 'none') return true;
  // What ended by nobody's fault without a message says nothing: a client left, or a deadline passed.
  return hasFirstMessage || code === grpcStatus.ok ? false : null;
};
