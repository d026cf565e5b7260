import type { Ms } from '../../../core/time/clock.ts';
import type { PrefixPart } from './prefix.ts';

/** What is asked of an engine. */
export interface EngineRequest {
  /** Unique among the requests that this engine has not ended. */
  readonly id: number;
  readonly promptTokens: number;
  /** The true length of the answer: it ends there. At most `maxOutputTokens`. */
  readonly outputTokens: number;
  readonly maxOutputTokens: number;
  /** When to give it up, answered or not. */
  readonly deadlineAtMs?: Ms;
  /** Lower goes first, in an engine whose order is that of priorities; 0 when left out. */
  readonly priority?: number;
  /** What its prompt begins with that others may begin with too. */
  readonly prefix?: readonly PrefixPart[];
}

/** How an accepted request ended: `expired` at its deadline, `failed` because the engine closed or lost its power. */
export type EngineEnd = 'answered' | 'cancelled' | 'expired' | 'failed';

/** What an engine tells of one accepted request. Never called from within `submit`; `onEnd` is the last, exactly once. */
export interface EngineListener {
  /** The scheduler knows of it: after ingest, and after the step that computed by then. */
  onQueued?(atMs: Ms): void;
  /** A step computes the first chunk of it: what came before is queueing. */
  onScheduled(atMs: Ms): void;
  /** `count` tokens more, at the end of the step that made them. */
  onTokens(count: number, atMs: Ms): void;
  onEnd(end: EngineEnd, atMs: Ms): void;
}
