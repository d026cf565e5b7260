import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';

/** What a router may know of a request before it is answered: never its true output length. */
export interface RequestInfo {
  /** The number of the request in its schedule. */
  readonly id: number;
  readonly promptTokens: number;
  /** The bound the client set on the answer, in tokens. */
  readonly maxOutputTokens: number;
  /** Requests of one session share a prefix; empty for none. */
  readonly session: string;
}

export type RejectReason = 'no-endpoint' | 'overloaded';

/** What a policy decides. Decisions are interned, so that a pick allocates nothing: see `pick-of.ts`. */
export type Decision =
  | { readonly kind: 'pick'; readonly endpoint: number }
  | { readonly kind: 'reject'; readonly reason: RejectReason };

/**
 * Chooses the endpoint of a request: which node and which medium, in one decision.
 *
 * A pick changes nothing in the table and reads no clock; equal arguments and an equal state of the rng give an equal
 * pick (invariant I7).
 */
export interface Policy {
  readonly name: string;
  pick(request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): Decision;
}
