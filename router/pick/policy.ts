import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RejectReason } from '../filter/filter.ts';
import type { Observer } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';

/** The chosen endpoint, and its cost for the policy, in milliseconds. */
export interface Pick {
  readonly kind: 'pick';
  readonly endpoint: number;
  /** NaN where the policy has no prices. */
  readonly costMs: Ms;
  /** The TTFT that the policy predicts, without learnt errors; NaN where it predicts nothing. */
  readonly predictedMs: Ms;
}

/**
 * The decision of a policy. So that a pick allocates nothing, decisions are interned (`pick-of.ts`) or are the same object each
 * time: read one before the next pick.
 */
export type Decision = Pick | { readonly kind: 'reject'; readonly reason: RejectReason };

/**
 * Chooses the endpoint of a request: which node and which medium, in one decision.
 *
 * A pick changes nothing in the table or in the policy and reads no clock; equal arguments and an equal state of the policy
 * and of the rng give an equal pick (invariant I7). The policy's own state changes in `observe` only.
 */
export interface Policy extends Partial<Observer> {
  readonly name: string;
  pick(request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): Decision;
  /** Endpoints that it wants probed now. The host sends each a small call, and `observe` gets the result as `probed`. */
  probes?(nowMs: Ms): readonly number[];
}
