import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';

/** Why a request is refused: no endpoint can be reached, all keep failing, none has room, or none serves its model at all. */
export type RejectReason = 'no-endpoint' | 'broken' | 'overloaded' | 'no-model';

/** Says which endpoints a policy may choose from, beyond those that are connected and whose path is up. */
export interface Filter {
  /** Why a request is refused when this filter leaves no endpoint. */
  readonly reason: RejectReason;
  admits(endpoint: number, request: RequestInfo, nowMs: Ms): boolean;
  /**
   * Where it leaves no endpoint it is not asked, instead of a request being refused; `in-panic` also where it leaves fewer than the share
   * that the router has for that. Left out where it holds whatever is left.
   */
  readonly yields?: 'at-none' | 'in-panic';
  /** Whether it admits every endpoint now, so that none needs to be asked. */
  readonly admitsAll?: boolean;
}
