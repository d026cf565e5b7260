import type { RunEvent } from '../../core/event/event.ts';
import type { RequestRecord } from '../request-table.ts';

/** A request, as far as it may matter for its group. */
export interface GroupedRequest {
  readonly record: RequestRecord;
  /** Where its last attempt went: `node/medium`, or `router/node/medium`; undefined where it was never routed. */
  readonly endpoint: string | undefined;
  /** How often it was routed. */
  readonly attempts: number;
}

/** One way to divide the requests of a run. */
export interface Grouping {
  /** For people: the head of a column. */
  readonly title: string;
  /** By what requests are divided, as a sentence. */
  readonly what: string;
  /**
   * The name of the group of a request of this run; undefined for a request in none. Null where the log of the run does not say what
   * is needed.
   */
  readonly of: (run: RunEvent) => ((request: GroupedRequest) => string | undefined) | null;
  /** All groups in their order, where that is not the order of their names. */
  readonly order?: readonly string[];
}
