import { Replicas } from './replicas.ts';
import type { Sequence } from './sequence.ts';
import type { StepSource } from './step-source.ts';
import { type Batch, EMPTY_BATCH } from './step-time.ts';

type GroupBatch = { -readonly [Name in keyof Batch]: Batch[Name] };

/**
 * Replicas of a model that share its experts out, so that they step together: a layer gathers the tokens of all of them before
 * its experts, and each waits for the slowest. A replica without a request takes part with an empty batch.
 * Source: data parallel with expert parallel in the documentation of vLLM.
 *
 * Hot path: a step copies the figures of each replica and allocates nothing.
 */
export class LockStep<S extends Sequence> extends Replicas<S> implements StepSource<S> {
  readonly #batch: GroupBatch;
  readonly #parts: readonly GroupBatch[];
  readonly #started: S[] = [];
  readonly #emitting: S[] = [];
  #promptTokens = 0;

  constructor(replicas: readonly StepSource<S>[]) {
    super(replicas);
    this.#parts = replicas.map(() => ({ ...EMPTY_BATCH }));
    this.#batch = { ...EMPTY_BATCH, replicas: this.#parts };
  }

  get promptTokens(): number {
    return this.#promptTokens;
  }

  get started(): readonly S[] {
    return this.#started;
  }

  begin(): Batch | null {
    const group = this.#batch;
    group.tokens = group.contextTokens = group.longestContext = group.attentionPairs = 0;
    group.sequences = group.prefills = group.longestChunk = 0;
    this.#started.length = 0;
    this.#promptTokens = 0;
    for (let index = 0; index < this.replicas.length; index++) {
      const replica = this.replicas[index]!;
      const part = this.#parts[index]!;
      Object.assign(part, replica.begin() ?? EMPTY_BATCH);
      group.tokens += part.tokens;
      group.contextTokens += part.contextTokens;
      group.attentionPairs += part.attentionPairs;
      group.sequences += part.sequences;
      group.prefills += part.prefills;
      group.longestContext = Math.max(group.longestContext, part.longestContext);
      group.longestChunk = Math.max(group.longestChunk, part.longestChunk);
      if (part.sequences === 0) continue;
      this.#promptTokens += replica.promptTokens;
      for (const sequence of replica.started) this.#started.push(sequence);
    }
    group.groupTokens = group.tokens;
    for (const part of this.#parts) part.groupTokens = group.tokens;
    return group.sequences === 0 ? null : group;
  }

  commit(): readonly S[] {
    let count = 0;
    for (const replica of this.replicas) {
      const emitting = replica.commit();
      for (let index = 0; index < emitting.length; index++) this.#emitting[count++] = emitting[index]!;
    }
    this.#emitting.length = count;
    return this.#emitting;
  }

  copy(): LockStep<Sequence> {
    return new LockStep(this.replicas.map((replica) => replica.copy()));
  }
}
