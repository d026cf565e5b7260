import type { BlockHolder } from './kv-cache.ts';

/** Where a sequence is: outside the scheduler (before or after), in its waiting queue, or holding KV blocks. */
export type Place = 'outside' | 'waiting' | 'running';

/**
 * A request as the scheduler sees it. Only the scheduler and its cache write to one.
 *
 * Its known tokens are the prompt and what was emitted; a step computes some of those not yet computed, and when none
 * is left it emits one more. So a decode, a prefill and the recompute after a preemption are one rule.
 */
export interface Sequence extends BlockHolder {
  readonly id: number;
  readonly promptTokens: number;
  /** How many tokens the answer has; the true length, which no router sees. */
  readonly outputTokens: number;
  place: Place;
  /** Known tokens whose KV entries are in the cache. */
  computed: number;
  emitted: number;
  /** Tokens that the step in flight computes; 0 when it computes none. */
  chunk: number;
  /** Whether a step has ever computed any of it. */
  started: boolean;
}

export const newSequence = (id: number, promptTokens: number, outputTokens: number): Sequence => ({
  id,
  promptTokens,
  outputTokens,
  place: 'outside',
  blocks: 0,
  computed: 0,
  emitted: 0,
  chunk: 0,
  started: false,
});

export const uncomputedTokens = (sequence: Sequence): number =>
  sequence.promptTokens + sequence.emitted - sequence.computed;

export const isFinished = (sequence: Sequence): boolean => sequence.emitted >= sequence.outputTokens;

/** A twin that holds no blocks. */
export const copySequence = (from: Sequence): Sequence => ({
  id: from.id,
  promptTokens: from.promptTokens,
  outputTokens: from.outputTokens,
  place: from.place,
  blocks: 0,
  computed: from.computed,
  emitted: from.emitted,
  chunk: from.chunk,
  started: from.started,
});
