import type { Attempt } from './attempt.ts';
import { grpcStatus } from './grpc-status.ts';

/**
 * Whether a request whose attempt ended with `status` (a gRPC code) may be tried on another endpoint.
 *
 * Only before the first message has left, since a client cannot unsee a token, and only for UNAVAILABLE, the code that
 * says that the node did not take it. Source: gRFC A6.
 */
export const mayRetry = (
  attempt: Attempt,
  status: number,
  { maxAttempts }: { readonly maxAttempts: number },
): boolean => !attempt.hasFirstMessage && status === grpcStatus.unavailable && attempt.number < maxAttempts;
