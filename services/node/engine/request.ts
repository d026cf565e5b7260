import type { Ms } from '../../../core/time/clock.ts';
import type { PrefixPart } from '../../../workload/prefix.ts';

/** A request to an engine. */
export interface EngineRequest {
  /** Unique among the open requests of this engine. */
  readonly id: number;
  readonly promptTokens: number;
  /** The true length of the answer. At most `maxOutputTokens`. */
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
  /** The request ends at this time, whether it was answered or not. */
  readonly deadlineAtMs?: Ms;
  /** Lower values go first, if the engine orders by priority. Default 0. */
  readonly priority?: number;
  /** The prefix of its prompt that other requests may share. */
  readonly prefix?: readonly PrefixPart[];
  /** Another engine is to give all tokens but the first: it waits after that one, see `Engine.depart` and `Engine.stay`. */
  readonly isHandedOn?: boolean;
}

/** How an accepted request ended: `expired` at its deadline, `failed` because the engine closed or lost its power. */
export type EngineEnd = 'answered' | 'cancelled' | 'expired' | 'failed';

/** Events of one accepted request. Never called from within `submit`. `onEnd` is the last call and comes exactly once. */
export interface EngineListener {
  /** The scheduler has the request: its ingest is over, and the step that was running then has ended. */
  onQueued?(atMs: Ms): void;
  /** A step begins to compute its first chunk. The time before this is queueing. So many tokens of its prompt are in the cache. */
  onScheduled(atMs: Ms, cachedTokens: number): void;
  /** `count` more tokens, at the end of the step that computed them. */
  onTokens(count: number, atMs: Ms): void;
  onEnd(end: EngineEnd, atMs: Ms): void;
}

/** Events of a request that another engine has begun. */
export interface ReceivingListener extends EngineListener {
  /** It has blocks and a place: the KV entries of its prompt may come, but for those cached here. Perhaps within `receive`. */
  onRoom(cachedTokens: number, atMs: Ms): void;
}
