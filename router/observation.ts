import type { Ms } from '../core/time/clock.ts';
import type { Attempt } from './attempt/attempt.ts';
import type { Ending } from './attempt/ending.ts';
import type { EndpointTable } from './endpoint/endpoint-table.ts';
import type { LoadReport } from './endpoint/load-report.ts';
import type { WaitEnd } from './queue/wait-end.ts';
import type { RequestInfo } from './request-info.ts';

/** What happens at a router, in the order it happens. An `endpoint` is its index in the table. */
export type Observation =
  | { readonly kind: 'began'; readonly attempt: Attempt; readonly nowMs: Ms }
  /** The first message of an answer; `ttftMs` counts from the start of the attempt. */
  | { readonly kind: 'first'; readonly attempt: Attempt; readonly ttftMs: Ms; readonly nowMs: Ms }
  /** Of two attempts that were open at once, the one whose first message came first; the other may have failed before. */
  | { readonly kind: 'won'; readonly attempt: Attempt; readonly nowMs: Ms }
  | { readonly kind: 'ended'; readonly attempt: Attempt; readonly ending: Ending; readonly nowMs: Ms }
  | { readonly kind: 'report'; readonly endpoint: number; readonly report: LoadReport; readonly nowMs: Ms }
  /** A probe that the policy wanted came back after `rttMs`, with the node's load if it was reported. */
  | {
      readonly kind: 'probed';
      readonly endpoint: number;
      readonly rttMs: Ms;
      readonly report: LoadReport | null;
      readonly nowMs: Ms;
    }
  /** The connection to the endpoint was made or lost. */
  | { readonly kind: 'available'; readonly endpoint: number; readonly isAvailable: boolean }
  /** A request that found every endpoint full waited for a place, or was refused at once. */
  | {
      readonly kind: 'waited';
      readonly request: RequestInfo;
      readonly waitedMs: Ms;
      readonly end: WaitEnd;
      readonly nowMs: Ms;
    }
  /** The path of the endpoint got new satellites at `atMs`, as far as the router may know. */
  | { readonly kind: 'hand-over'; readonly endpoint: number; readonly atMs: Ms };

/** Called with each observation, after the table was updated. It must not change the router or the table. */
export interface Observer {
  observe(what: Observation, endpoints: EndpointTable): void;
}
