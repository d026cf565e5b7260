import type { Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';

/** How clients try again by themselves, beside what routers do. */
export interface ClientRetries {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number;
  /** How long a client waits before the second time; twice as long before each further one. */
  readonly backoffMs: Ms;
  /** How many requests the whole run may have: those of the schedule, and those that may follow them. */
  readonly requests: number;
}

/**
 * How long a client waits before it sends a request again that ended with `code` after `retries` of them; null where it does not. It
 * does where the service was not there, or had no room: what SDKs of inference services do for 429 and 503.
 */
export const waitMs = (
  plan: ClientRetries | null,
  { code, retries }: { readonly code: number; readonly retries: number },
): Ms | null => {
  const isPassing = code === grpcStatus.unavailable || code === grpcStatus.resourceExhausted;
  if (plan === null || !isPassing || retries + 1 >= plan.attempts) return null;
  return plan.backoffMs * 2 ** retries;
};

/**
 * Under which number routers and nodes hear of a retry: one behind all those of the run, so that what they log of it is not taken
 * for the first try.
 */
export const retryNumber = ({ requests }: ClientRetries, request: number, retry: number): number =>
  request + retry * requests;
