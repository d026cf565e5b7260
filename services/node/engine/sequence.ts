import type { BlockHolder } from './kv-cache.ts';

/**
 * The state of a sequence: outside the scheduler (before or after it), in the waiting queue, running with KV blocks, or
 * preempted while its last token is in the open step (`leaving`). Where prefill and decode are apart: with KV blocks that another
 * engine still reads (`departing`), or into which those of another engine are written (`receiving`).
 */
export type SequencePlace = 'outside' | 'waiting' | 'running' | 'leaving' | 'departing' | 'receiving';

/**
 * A request in the scheduler. Only the scheduler and its cache write to it.
 *
 * Its known tokens are the prompt and the emitted tokens. A step computes some of the known tokens that are not computed
 * yet. When all are computed, it emits one more. So one rule covers decode, prefill, and the recompute after a preemption.
 * `computed` and `emitted` include planned tokens, because a step may be planned before the one before it has ended.
 */
export interface Sequence extends BlockHolder {
  readonly id: number;
  readonly promptTokens: number;
  /** The true length of the answer in tokens, which no router knows. */
  readonly outputTokens: number;
  /** Tokens of the answer that may be planned: all, or the first while another engine is to give the others. */
  mostPlanned: number;
  /** Lower values go first, if the scheduler orders by priority. */
  readonly priority: number;
  /** Its number in the order of arrival. */
  serial: number;
  /** The replica that serves it, where there are several. */
  replica: number;
  place: SequencePlace;
  /** Known tokens whose KV entries are in the cache. */
  computed: number;
  emitted: number;
  /** Tokens of the answer whose step has ended. */
  delivered: number;
  /** Its tokens in the step that is being planned. */
  chunk: number;
  /** Whether a step has computed any of its tokens. */
  started: boolean;
  /** Prompt tokens that its first step found in the prefix cache. */
  cachedTokens: number;
}

export interface SequenceOptions {
  readonly id: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly priority?: number;
  readonly prefix?: Float64Array;
  /** See `EngineRequest`. */
  readonly isHandedOn?: boolean;
}

export const newSequence = ({
  id,
  promptTokens,
  outputTokens,
  priority = 0,
  prefix = NO_PREFIX,
  isHandedOn = false,
}: SequenceOptions): Sequence => ({
  id,
  promptTokens,
  outputTokens,
  mostPlanned: isHandedOn ? 1 : outputTokens,
  priority,
  prefix,
  serial: 0,
  replica: 0,
  place: 'outside',
  table: [],
  ownBlocks: 0,
  published: 0,
  computed: 0,
  emitted: 0,
  delivered: 0,
  chunk: 0,
  started: false,
  cachedTokens: 0,
});

const NO_PREFIX = new Float64Array(0);

export const uncomputedTokens = (sequence: Sequence): number =>
  sequence.promptTokens + sequence.emitted - sequence.computed;

/** A copy in the same state, for a copy of the cache. One that is to be handed on ends with the last token that it gets here. */
export const copySequence = (from: Sequence): Sequence => ({
  id: from.id,
  promptTokens: from.promptTokens,
  outputTokens: from.mostPlanned,
  mostPlanned: from.mostPlanned,
  priority: from.priority,
  prefix: from.prefix,
  serial: from.serial,
  replica: from.replica,
  place: from.place,
  table: from.table.slice(),
  ownBlocks: from.ownBlocks,
  published: from.published,
  computed: from.computed,
  emitted: from.emitted,
  delivered: from.delivered,
  chunk: 0,
  started: from.started,
  cachedTokens: from.cachedTokens,
});
