import type { BlockHolder } from './kv-cache.ts';

/**
 * Where a sequence is: outside the scheduler (before or after), in its waiting queue, holding KV blocks, or preempted with
 * its last token on the way.
 */
export type SequencePlace = 'outside' | 'waiting' | 'running' | 'leaving';

/**
 * A request as the scheduler sees it. Only the scheduler and its cache write to one.
 *
 * Its known tokens are the prompt and what was emitted; a step computes some of those not yet computed, and when none
 * is left it emits one more. So a decode, a prefill and the recompute after a preemption are one rule. `computed` and
 * `emitted` count what is planned: a step may be planned before the one it follows has ended.
 */
export interface Sequence extends BlockHolder {
  readonly id: number;
  readonly promptTokens: number;
  /** How many tokens the answer has; the true length, which no router sees. */
  readonly outputTokens: number;
  /** Lower goes first, where the scheduler looks at it. */
  readonly priority: number;
  /** Its place in the order of arrival. */
  serial: number;
  place: SequencePlace;
  /** Known tokens whose KV entries are in the cache. */
  computed: number;
  emitted: number;
  /** Tokens of the answer whose step has ended. */
  told: number;
  /** Tokens of it in the step that is being planned. */
  chunk: number;
  /** Whether a step has ever computed any of it. */
  started: boolean;
}

export interface SequenceOptions {
  readonly id: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly priority?: number;
  readonly prefix?: Float64Array;
}

export const newSequence = ({
  id,
  promptTokens,
  outputTokens,
  priority = 0,
  prefix = NO_PREFIX,
}: SequenceOptions): Sequence => ({
  id,
  promptTokens,
  outputTokens,
  priority,
  prefix,
  serial: 0,
  place: 'outside',
  table: [],
  published: 0,
  computed: 0,
  emitted: 0,
  told: 0,
  chunk: 0,
  started: false,
});

const NO_PREFIX = new Float64Array(0);

export const uncomputedTokens = (sequence: Sequence): number =>
  sequence.promptTokens + sequence.emitted - sequence.computed;

/** A twin in the same state, for a copy of the cache. */
export const copySequence = (from: Sequence): Sequence => ({
  id: from.id,
  promptTokens: from.promptTokens,
  outputTokens: from.outputTokens,
  priority: from.priority,
  prefix: from.prefix,
  serial: from.serial,
  place: from.place,
  table: from.table.slice(),
  published: from.published,
  computed: from.computed,
  emitted: from.emitted,
  told: from.told,
  chunk: 0,
  started: from.started,
});
