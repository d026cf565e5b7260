import { type Sequence, uncomputedTokens } from './sequence.ts';
import type { Batch } from './step-time.ts';

/**
 * What one forward pass computes, from planning to its end. The object and its arrays are reused for later steps.
 *
 * Hot path: `close` touches each sequence of a step once and allocates nothing.
 */
export class StepPlan<S extends Sequence> {
  readonly #batch = { tokens: 0, contextTokens: 0, attentionPairs: 0, sequences: 0 };
  #promptTokens = 0;
  readonly #started: S[] = [];
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
    return this.#emitting;
  }

  clear(): void {
    const batch = this.#batch;
    batch.tokens = batch.contextTokens = batch.attentionPairs = batch.sequences = 0;
    this.#promptTokens = this.#started.length = this.#emitting.length = 0;
  }

  /**
   * Ends planning: adds up the chunks of the first `count` sequences in `chosen`, and updates these sequences to their state
   * at the end of the step.
   */
  close(chosen: readonly S[], count: number): void {
    const batch = this.#batch;
    for (let index = 0; index < count; index++) {
      const sequence = chosen[index]!;
      const { chunk } = sequence;
      if (chunk === 0) continue; // it was preempted for a sequence that goes before it
      const left = uncomputedTokens(sequence);
      batch.tokens += chunk;
      batch.sequences++;
      if (left === 1) {
        batch.contextTokens += sequence.computed + 1;
      } else {
        batch.attentionPairs += chunk * (sequence.computed + chunk / 2);
        this.#promptTokens += chunk;
      }
      sequence.computed += chunk;
      sequence.chunk = 0;
      if (chunk < left) continue;
      sequence.emitted++;
      this.#emitting.push(sequence);
    }
  }

  /** A closed plan of the same step with copies of the sequences. */
  copy(copyOf: (sequence: S) => Sequence): StepPlan<Sequence> {
    const copy = new StepPlan<Sequence>();
    Object.assign(copy.#batch, this.#batch);
    copy.#promptTokens = this.#promptTokens;
    for (const sequence of this.#started) copy.#started.push(copyOf(sequence));
    for (const sequence of this.#emitting) copy.#emitting.push(copyOf(sequence));
    return copy;
  }
}
