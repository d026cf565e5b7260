import { NO_HASHES } from '../workload/prefix.ts';

/** What a router may know of a request before it is answered: never its true output length. */
export interface RequestInfo {
  /** The number of the request in its schedule. */
  readonly id: number;
  readonly promptTokens: number;
  /** The bound the client set on the answer, in tokens. */
  readonly maxOutputTokens: number;
  /** Requests of one session share a prefix; empty for none. */
  readonly session: string;
  /** The model that it asks for; empty for any. */
  readonly model: string;
  /** Its class of service; empty for none. */
  readonly class: string;
  /** Lower values go first; 0 for none. */
  readonly priority: number;
  /** What it says that users accept of its time to the first token and of its time a token, in milliseconds; 0 where it does not say. */
  readonly sloTtftMs: number;
  readonly sloTpotMs: number;
  /** How long its client waits for the whole answer, counted from its arrival, in milliseconds; 0 for ever. */
  readonly deadlineMs: number;
  /** On whose behalf it is sent; empty for nobody in particular. */
  readonly tenant: string;
  /**
   * A chained hash for each block of `ROUTED_BLOCK_TOKENS` tokens that its prompt begins with: two prompts have the first n hashes in
   * common when their first n blocks are equal. Empty where nothing is known.
   */
  readonly prefix: Float64Array;
}

/** What is known of a request that says nothing of itself beyond its lengths. */
export const SAYS_NOTHING = Object.freeze({
  session: '',
  model: '',
  class: '',
  priority: 0,
  sloTtftMs: 0,
  sloTpotMs: 0,
  deadlineMs: 0,
  tenant: '',
  prefix: NO_HASHES,
} satisfies Partial<RequestInfo>);
