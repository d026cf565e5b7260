import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';
import type { EndpointTable } from '../endpoint/endpoint-table.ts';
import type { RejectReason } from '../filter/filter.ts';
import type { Observer } from '../observation.ts';
import type { RequestInfo } from '../request-info.ts';

/** An endpoint that was chosen, and what the policy asked for it, in milliseconds. */
export interface Pick {
  readonly kind: 'pick';
  readonly endpoint: number;
  /** NaN where the policy has no prices. */
  readonly costMs: Ms;
  /** The TTFT that the policy would expect had it learnt nothing from past errors; NaN where it predicts nothing. */
  readonly predictedMs: Ms;
}

/**
 * What a policy decides. So that a pick allocates nothing, decisions are interned (`pick-of.ts`) or are the same object each
 * time: read one before the next pick.
 */
export type Decision = Pick | { readonly kind: 'reject'; readonly reason: RejectReason };

/**
 * Chooses the endpoint of a request: which node and which medium, in one decision.
 *
 * A pick changes nothing in the table or in the policy and reads no clock; equal arguments and an equal state of the policy
 * and of the rng give an equal pick (invariant I7). What a policy remembers of its own grows in `observe`.
 */
export interface Policy extends Partial<Observer> {
  readonly name: string;
  pick(request: RequestInfo, endpoints: EndpointTable, nowMs: Ms, rng: Rng): Decision;
  /** Endpoints that it wants asked now. The host asks each with a small call, and `observe` hears of each as `probed`. */
  probes?(nowMs: Ms): readonly number[];
}
