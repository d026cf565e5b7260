import type { Sequence } from './sequence.ts';
import type { StepSource } from './step-source.ts';
import { type Batch, EMPTY_BATCH } from './step-time.ts';

type GroupBatch = { -readonly [Name in keyof Batch]: Batch[Name] };

/**
 * Replicas of a model that share its experts out, so that they step together: a layer gathers the tokens of all of them before
 * its experts, and each waits for the slowest. A replica without a request takes part with an empty batch.
 *
 * A request goes to the replica with the least 4 * waiting + running, the first of equals.
 * Source: `DPLBAsyncMPClient` of vLLM; data parallel with expert parallel in its documentation.
 *
 * Hot path: a step copies the figures of each replica and allocates nothing.
 */
export class LockStep<S extends Sequence> implements StepSource<S> {
  readonly #replicas: readonly StepSource<S>[];
  readonly #batch: GroupBatch;
  readonly #parts: readonly GroupBatch[];
  readonly #started: S[] = [];
  readonly #emitting: S[] = [];
  #promptTokens = 0;

  constructor(replicas: readonly StepSource<S>[]) {
    this.#replicas = replicas;
    this.#parts = replicas.map(() => ({ ...EMPTY_BATCH }));
    this.#batch = { ...EMPTY_BATCH, replicas: this.#parts };
  }

  get runningCount(): number {
    return this.#sum(({ runningCount }) => runningCount);
  }

  get waitingCount(): number {
    return this.#sum(({ waitingCount }) => waitingCount);
  }

  get preemptions(): number {
    return this.#sum(({ preemptions }) => preemptions);
  }

  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return {
      queries: this.#sum(({ prefixCache }) => prefixCache.queries),
      hits: this.#sum(({ prefixCache }) => prefixCache.hits),
    };
  }

  get prefixHitShare(): number {
    return this.#sum(({ prefixHitShare }) => prefixHitShare) / this.#replicas.length;
  }

  get kvUsage(): number {
    return this.#sum(({ kvUsage }) => kvUsage) / this.#replicas.length;
  }

  get kvTokens(): number {
    return this.#replicas[0]!.kvTokens;
  }

  get promptTokens(): number {
    return this.#promptTokens;
  }

  get started(): readonly S[] {
    return this.#started;
  }

  firstWaiting(): S | undefined {
    let first: S | undefined;
    for (const replica of this.#replicas) {
      const waiting = replica.firstWaiting();
      if (waiting !== undefined && (first === undefined || waiting.id < first.id)) first = waiting;
    }
    return first;
  }

  pendingPromptTokens(): number {
    return this.#sum((replica) => replica.pendingPromptTokens());
  }

  add(sequence: S): void {
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#replicas.length; index++) {
      const { waitingCount, runningCount } = this.#replicas[index]!;
      const score = 4 * waitingCount + runningCount;
      if (score >= least) continue;
      least = score;
      sequence.replica = index;
    }
    this.#replicas[sequence.replica]!.add(sequence);
  }

  remove(sequence: S): void {
    this.#replicas[sequence.replica]!.remove(sequence);
  }

  forget(): void {
    for (const replica of this.#replicas) replica.forget();
  }

  begin(): Batch | null {
    const group = this.#batch;
    group.tokens = group.contextTokens = group.longestContext = group.attentionPairs = 0;
    group.sequences = group.prefills = group.longestChunk = 0;
    this.#started.length = 0;
    this.#promptTokens = 0;
    for (let index = 0; index < this.#replicas.length; index++) {
      const replica = this.#replicas[index]!;
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
    for (const replica of this.#replicas) {
      const emitting = replica.commit();
      for (let index = 0; index < emitting.length; index++) this.#emitting[count++] = emitting[index]!;
    }
    this.#emitting.length = count;
    return this.#emitting;
  }

  copy(): LockStep<Sequence> {
    return new LockStep(this.#replicas.map((replica) => replica.copy()));
  }

  #sum(of: (replica: StepSource<S>) => number): number {
    return this.#replicas.reduce((sum, replica) => sum + of(replica), 0);
  }
}
