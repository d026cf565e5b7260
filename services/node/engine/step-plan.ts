import { type Sequence, uncomputedTokens } from './sequence.ts';
import { type Batch, EMPTY_BATCH } from './step-time.ts';

/**
 * What one forward pass computes, from planning to its end. The object and its arrays are reused for later steps.
 *
 * Hot path: `close` touches each sequence of a step once and allocates nothing.
 */
export class StepPlan<S extends Sequence> {
  readonly #batch = { ...EMPTY_BATCH };
  #promptTokens = 0;
  readonly #started: S[] = [];
  /** Those of the last plan until the next is closed: to empty an array and to fill it again costs more than the rest of a plan. */
  readonly #emitting: S[] = [];

  get batch(): Batch {
    return this.#batch;
  }

  get isEmpty(): boolean {
    return this.#batch.tokens === 0;
  }

  /** Tokens of prefills, recomputed ones included. */
  get promptTokens(): number {
    return this.#promptTokens;
  }

  /** Sequences that get their first chunk in this step. */
  get started(): S[] {
    return this.#started;
  }

  /** Sequences that get a token at the end of the step. */
  get emitting(): S[] {
    return this.isEmpty ? NOBODY : this.#emitting;
  }

  clear(): void {
    const batch = this.#batch;
    batch.tokens = batch.contextTokens = batch.attentionPairs = batch.sequences = 0;
    batch.prefills = batch.longestChunk = batch.longestContext = batch.groupTokens = 0;
    this.#promptTokens = 0;
    if (this.#started.length > 0) this.#started.length = 0;
  }

  /**
   * Ends planning: adds up the chunks of the first `count` sequences in `chosen`, and updates these sequences to their state
   * at the end of the step.
   */
  close(chosen: readonly S[], count: number): void {
    const batch = this.#batch;
    const emitting = this.#emitting;
    let emittingCount = 0;
    for (let index = 0; index < count; index++) {
      const sequence = chosen[index]!;
      const { chunk } = sequence;
      if (chunk === 0) continue; // it was preempted for a sequence that goes before it
      const left = uncomputedTokens(sequence);
      batch.tokens += chunk;
      batch.sequences++;
      if (left === 1) {
        const context = sequence.computed + 1;
        batch.contextTokens += context;
        if (context > batch.longestContext) batch.longestContext = context;
      } else {
        batch.attentionPairs += chunk * (sequence.computed + chunk / 2);
        batch.prefills++;
        if (chunk > batch.longestChunk) batch.longestChunk = chunk;
        this.#promptTokens += chunk;
      }
      sequence.computed += chunk;
      sequence.chunk = 0;
      if (chunk < left) continue;
      sequence.emitted++;
      emitting[emittingCount++] = sequence;
    }
    if (emitting.length > emittingCount) emitting.length = emittingCount;
    batch.groupTokens = batch.tokens;
  }

  /** Plans a step in which each of `running` decodes and nobody else does anything. */
  decode(running: readonly S[]): void {
    const emitting = this.#emitting;
    const count = running.length;
    let contextTokens = 0;
    let longestContext = 0;
    for (let index = 0; index < count; index++) {
      const sequence = running[index]!;
      const context = ++sequence.computed;
      contextTokens += context;
      if (context > longestContext) longestContext = context;
      sequence.emitted++;
      emitting[index] = sequence;
    }
    if (emitting.length > count) emitting.length = count;
    const batch = this.#batch;
    batch.tokens = batch.sequences = batch.groupTokens = count;
    batch.contextTokens = contextTokens;
    batch.longestContext = longestContext;
  }

  /** Whether that is what it plans: none of them is in its first step. */
  isDecodeOf(running: readonly S[]): boolean {
    return this.#batch.sequences === running.length && this.#promptTokens === 0 && this.#started.length === 0;
  }

  /** A closed plan of the same step with copies of the sequences. */
  copy(copyOf: (sequence: S) => Sequence): StepPlan<Sequence> {
    const copy = new StepPlan<Sequence>();
    Object.assign(copy.#batch, this.#batch);
    copy.#promptTokens = this.#promptTokens;
    for (const sequence of this.#started) copy.#started.push(copyOf(sequence));
    for (const sequence of this.emitting) copy.#emitting.push(copyOf(sequence));
    return copy;
  }
}

const NOBODY: never[] = [];
