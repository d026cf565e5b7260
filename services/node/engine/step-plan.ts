import { type Sequence, uncomputedTokens } from './sequence.ts';
import type { Batch } from './step-time.ts';

/**
 * What one forward pass computes, from its planning to its end. It is used again for a later step, and so are its arrays.
 *
 * Hot path: `close` touches each sequence of a step once and allocates nothing.
 */
export class StepPlan<S extends Sequence> {
  readonly #batch = { tokens: 0, contextTokens: 0, attentionPairs: 0, sequences: 0 };
  #promptTokens = 0;
  readonly #started: S[] = [];
  readonly #told: S[] = [];

  get batch(): Batch {
    return this.#batch;
  }

  get isEmpty(): boolean {
    return this.#batch.tokens === 0;
  }

  /** Tokens of prefills, and of recomputes. */
  get promptTokens(): number {
    return this.#promptTokens;
  }

  /** Sequences that get their first chunk ever. */
  get started(): S[] {
    return this.#started;
  }

  /** Sequences that get a token at its end. */
  get told(): S[] {
    return this.#told;
  }

  clear(): void {
    const batch = this.#batch;
    batch.tokens = batch.contextTokens = batch.attentionPairs = batch.sequences = 0;
    this.#promptTokens = this.#started.length = this.#told.length = 0;
  }

  /**
   * Ends the planning: adds up the chunks of the first `count` of those chosen, and moves these to where they will be at
   * the end of the step.
   */
  close(chosen: readonly S[], count: number): void {
    const batch = this.#batch;
    for (let index = 0; index < count; index++) {
      const sequence = chosen[index]!;
      const { chunk } = sequence;
      if (chunk === 0) continue; // it was preempted for one that goes before it
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
      this.#told.push(sequence);
    }
  }

  /** A closed plan of the same step over copies of the sequences. */
  copy(twinOf: (sequence: S) => Sequence): StepPlan<Sequence> {
    const copy = new StepPlan<Sequence>();
    Object.assign(copy.#batch, this.#batch);
    copy.#promptTokens = this.#promptTokens;
    for (const sequence of this.#started) copy.#started.push(twinOf(sequence));
    for (const sequence of this.#told) copy.#told.push(twinOf(sequence));
    return copy;
  }
}
