import type { Ms } from '../../core/time/clock.ts';
import type { RequestInfo } from '../request-info.ts';

/** Why a request is refused: no endpoint can be reached, none has room, or none serves its model at all. */
export type RejectReason = 'no-endpoint' | 'overloaded' | 'no-model';

/** Says which endpoints a policy may choose from, beyond those that are connected and whose path is up. */
export interface Filter {
  /** Why a request is refused when this filter leaves no endpoint. */
  readonly reason: RejectReason;
  admits(endpoint: number, request: RequestInfo, nowMs: Ms): boolean;
  /** Where it leaves no endpoint it is not asked, instead of a request being refused. */
  readonly yields?: boolean;
  /** Whether it admits every endpoint now, so that none needs to be asked. */
  readonly admitsAll?: boolean;
}
