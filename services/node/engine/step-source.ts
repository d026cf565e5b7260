import type { Sequence } from './sequence.ts';
import type { Batch } from './step-time.ts';

/** What an engine needs of whatever plans its steps: one scheduler, or one for each of its replicas. */
export interface StepSource<S extends Sequence> {
  readonly runningCount: number;
  readonly waitingCount: number;
  /** How often a sequence was preempted and lost its blocks. */
  readonly preemptions: number;
  /** Tokens looked up in the prefix cache, once for each request, and tokens found there. */
  readonly prefixCache: { readonly queries: number; readonly hits: number };
  /** Of late; see `HitMeter`. */
  readonly prefixHitShare: number;
  /** Used share of the KV cache, 0 to 1. */
  readonly kvUsage: number;
  /** Tokens that the KV cache holds of one request. */
  readonly kvTokens: number;
  /** Tokens of prefills in the open step, recomputed ones included. */
  readonly promptTokens: number;
  /** The same of a step that is planned ahead of the open one; 0 where none is. */
  readonly promptTokensAhead: number;
  /** Sequences whose first chunk is in the open step. */
  readonly started: readonly S[];
  /** The sequence to be admitted next. */
  firstWaiting(): S | undefined;
  /** Tokens to compute until every sequence decodes, those of planned steps apart: of waiting sequences and of unfinished prefills. */
  pendingPromptTokens(): number;
  add(sequence: S): void;
  /** Removes a sequence in any state. Its blocks are free at once, even in the middle of a step. */
  remove(sequence: S): void;
  /** Whether its first token was given and its KV entries are there for another engine. A sequence that was preempted stays. */
  mayDepart(sequence: S): boolean;
  /** It leaves its place, and keeps its blocks until `remove`. Only between a `commit` and the next `begin`. */
  depart(sequence: S): void;
  /**
   * Gives blocks and a place to a sequence that another engine has begun. Returns how many tokens of its prompt are cached here, or
   * -1 when there is no room now.
   */
  receive(sequence: S): number;
  /** The KV entries of a received sequence are there: it decodes from the next plan on. */
  join(sequence: S): void;
  /** Clears all plans and the cache. There must be no sequence. */
  forget(): void;
  /** Opens a step: the one that was planned ahead, if there is one. Returns null when there is nothing to do. */
  begin(): Batch | null;
  /** Closes the open step. Returns the sequences that got a token, valid until the next `begin`. Finished sequences leave. */
  commit(): readonly S[];
  /** A schedule in the same state with copies of the sequences, for a forecast. */
  copy(): StepSource<Sequence>;
}
