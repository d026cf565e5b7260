import { BLOCK_TOKENS, KvCache } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import { copySequence, isFinished, type Sequence, uncomputedTokens } from './sequence.ts';
import type { Batch } from './step-time.ts';
import { WaitingQueue } from './waiting-queue.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Which tokens the next forward pass computes: continuous batching as vLLM's V1 engine does it.
 *
 * A step has a token budget. Running sequences come first, in the order they were admitted: a decode is one token, an
 * unfinished prefill a chunk. Then waiting ones, first come first served, while budget, places and KV blocks allow. When
 * blocks run out the last running sequence is preempted: it loses its blocks, waits at the front, and computes all its
 * tokens again. No time in here, only order: `plan` opens a step and `commit` closes it.
 *
 * Hot path: a step touches each running sequence twice and allocates nothing.
 */
export class Scheduler<S extends Sequence> {
  readonly cache: KvCache;
  readonly #limits: Limits;
  readonly #maxStepTokens: number;
  readonly #waiting = new WaitingQueue<S>();
  readonly #running: S[] = [];
  readonly #batch: Writable<Batch> = { tokens: 0, contextTokens: 0, attentionPairs: 0, sequences: 0 };
  #preemptions = 0;
  #waitingTokens = 0;
  #promptTokens = 0;

  /** Sequences that the last `plan` gave their first chunk ever; valid until the next one. */
  readonly started: S[] = [];
  /** Sequences that the last `commit` gave a token; valid until the next one. */
  readonly emitted: S[] = [];

  constructor(limits: Limits, kvTokens: number) {
    this.cache = new KvCache(kvTokens);
    this.#limits = limits;
    this.#maxStepTokens = limits.maxNumBatchedTokens;
  }

  get running(): readonly S[] {
    return this.#running;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** How often a sequence lost its blocks to another. */
  get preemptions(): number {
    return this.#preemptions;
  }

  /** Tokens of prefills, and of recomputes, in the step that the last `plan` opened. */
  get promptTokens(): number {
    return this.#promptTokens;
  }

  /** The next to be admitted. */
  firstWaiting(): S | undefined {
    return this.#waiting.first();
  }

  /** Tokens to compute before every sequence here decodes: of waiting sequences and of unfinished prefills. */
  pendingPromptTokens(): number {
    let tokens = this.#waitingTokens;
    for (const sequence of this.#running) {
      const left = uncomputedTokens(sequence);
      if (left > 1) tokens += left;
    }
    return tokens;
  }

  add(sequence: S): void {
    sequence.place = 'waiting';
    this.#waiting.push(sequence);
    this.#waitingTokens += uncomputedTokens(sequence);
  }

  /** Takes a sequence out, wherever it is; its blocks are free at once, even in the middle of a step. */
  remove(sequence: S): void {
    if (sequence.place === 'waiting') {
      this.#waiting.remove(sequence);
      this.#waitingTokens -= uncomputedTokens(sequence);
    } else if (sequence.place === 'running') {
      this.#running.splice(this.#running.indexOf(sequence), 1);
      this.cache.release(sequence);
    }
    sequence.place = 'outside';
  }

  /** Opens a step. The batch is the same object every time; it has no tokens when there is nothing to do. */
  plan(): Batch {
    const batch = this.#batch;
    batch.tokens = batch.contextTokens = batch.attentionPairs = batch.sequences = 0;
    this.#promptTokens = 0;
    this.started.length = 0;
    const preemptionsBefore = this.#preemptions;
    this.#planRunning();
    // As in vLLM: what a preemption freed belongs to those that run.
    if (this.#preemptions === preemptionsBefore) this.#admitWaiting();
    return batch;
  }

  /** Closes the step: every sequence with no token left to compute emits one. Finished ones leave. */
  commit(): readonly S[] {
    const running = this.#running;
    this.emitted.length = 0;
    let kept = 0;
    for (let index = 0; index < running.length; index++) {
      const sequence = running[index]!;
      if (sequence.chunk > 0) {
        sequence.computed += sequence.chunk;
        sequence.chunk = 0;
        if (sequence.computed === sequence.promptTokens + sequence.emitted) {
          sequence.emitted++;
          this.emitted.push(sequence);
          if (isFinished(sequence)) {
            this.cache.release(sequence);
            sequence.place = 'outside';
            continue;
          }
        }
      }
      running[kept++] = sequence;
    }
    running.length = kept;
    return this.emitted;
  }

  /** A scheduler in the same state over copies of the sequences, to look ahead with. */
  copy(): Scheduler<Sequence> {
    const copy = new Scheduler<Sequence>(this.#limits, this.cache.blocks * BLOCK_TOKENS);
    for (const sequence of this.#running) {
      const twin = copySequence(sequence);
      copy.cache.grow(twin, sequence.computed + sequence.chunk);
      copy.#running.push(twin);
    }
    for (const sequence of this.#waiting.toArray()) copy.add(copySequence(sequence));
    return copy;
  }

  #planRunning(): void {
    const running = this.#running;
    for (let index = 0; index < running.length && this.#batch.tokens < this.#maxStepTokens; index++) {
      const sequence = running[index]!;
      const left = uncomputedTokens(sequence);
      const chunk = Math.min(left, this.#maxStepTokens - this.#batch.tokens);
      if (!this.#growOrPreempt(sequence, sequence.computed + chunk)) return; // it was the last, and is out itself
      this.#schedule(sequence, chunk, left);
    }
  }

  /** False when the sequence itself was preempted: it is the last that runs, so nothing comes after it. */
  #growOrPreempt(sequence: S, tokens: number): boolean {
    while (!this.cache.grow(sequence, tokens)) {
      const last = this.#running.pop()!;
      this.cache.release(last);
      last.computed = 0;
      last.place = 'waiting';
      this.#waiting.unshift(last);
      this.#waitingTokens += uncomputedTokens(last);
      this.#preemptions++;
      if (last === sequence) return false;
    }
    return true;
  }

  #admitWaiting(): void {
    while (this.#running.length < this.#limits.maxNumSeqs && this.#batch.tokens < this.#maxStepTokens) {
      const sequence = this.#waiting.first();
      if (sequence === undefined) return;
      const left = uncomputedTokens(sequence);
      // All of its known tokens must fit now, or it would be preempted between its chunks.
      if (!this.cache.canGrow(sequence, sequence.computed + left)) return;
      const chunk = Math.min(left, this.#maxStepTokens - this.#batch.tokens);
      this.cache.grow(sequence, sequence.computed + chunk);
      this.#waiting.shift();
      this.#waitingTokens -= left;
      sequence.place = 'running';
      this.#running.push(sequence);
      if (!sequence.started) {
        sequence.started = true;
        this.started.push(sequence);
      }
      this.#schedule(sequence, chunk, left);
    }
  }

  #schedule(sequence: S, chunk: number, left: number): void {
    const batch = this.#batch;
    sequence.chunk = chunk;
    batch.tokens += chunk;
    batch.sequences++;
    if (left === 1) {
      batch.contextTokens += sequence.computed + 1;
      return;
    }
    batch.attentionPairs += chunk * (sequence.computed + chunk / 2);
    this.#promptTokens += chunk;
  }
}
