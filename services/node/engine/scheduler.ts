import { BLOCK_TOKENS, KvCache } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import { copySequence, type Sequence, uncomputedTokens } from './sequence.ts';
import type { Batch } from './step-time.ts';
import { ArrivalQueue, goesBefore, PriorityQueue, type WaitingQueue } from './waiting-queue.ts';

/** A forward pass from its plan to its end. */
interface Step<S> {
  readonly batch: { -readonly [K in keyof Batch]: Batch[K] };
  /** Tokens of prefills, and of recomputes. */
  promptTokens: number;
  /** Sequences that get their first chunk ever. */
  started: S[];
  /** Sequences that get a token. */
  sequences: S[];
}

/**
 * Which tokens the next forward pass computes: continuous batching as vLLM's V1 engine does it.
 *
 * A step has a token budget. Running sequences come first, in the order they were admitted: a decode is one token, an
 * unfinished prefill a chunk. Then waiting ones, in their order, while budget, places and KV blocks allow. When blocks run
 * out the last running sequence is preempted: it loses its blocks, waits at the front, and computes its tokens again. No
 * time in here, only order: `begin` opens a step and `commit` closes it.
 *
 * With asynchronous scheduling `begin` also plans the step after: it counts on the tokens of the open one, and whoever
 * comes later or leaves with the open one counts only in the step after that.
 *
 * Hot path: a step touches each running sequence three times and allocates nothing.
 */
export class Scheduler<S extends Sequence> {
  readonly #limits: Limits;
  readonly #maxStepTokens: number;
  readonly #waiting: WaitingQueue<S>;
  #cache: KvCache;
  #running: S[] = [];
  /** The step that computes, and the one after it. */
  #current: Step<S> = newStep();
  #ahead: Step<S> = newStep();
  #isOpen = false;
  /** The first `#chosenCount` have a chunk in the step that is being planned. It never shrinks: that would free its memory. */
  readonly #chosen: S[] = [];
  #chosenCount = 0;
  #arrived = 0;
  #preemptions = 0;
  #waitingTokens = 0;
  #prefixQueries = 0;
  #prefixHits = 0;

  constructor(limits: Limits, kvTokens: number) {
    this.#cache = new KvCache(kvTokens, limits.prefixCaching);
    this.#limits = limits;
    this.#maxStepTokens = limits.maxNumBatchedTokens;
    this.#waiting = limits.order === 'priority' ? new PriorityQueue() : new ArrivalQueue();
  }

  get cache(): KvCache {
    return this.#cache;
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

  /** Tokens that were looked up in the prefix cache, once a request, and those of them that it held. */
  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return { queries: this.#prefixQueries, hits: this.#prefixHits };
  }

  /** Tokens of prefills, and of recomputes, in the open step. */
  get promptTokens(): number {
    return this.#current.promptTokens;
  }

  /** Sequences whose first chunk ever is in the open step. */
  get started(): readonly S[] {
    return this.#current.started;
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
    sequence.serial = this.#arrived++;
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
      this.#cache.release(sequence);
    }
    sequence.place = 'outside';
  }

  /** Forgets what was planned and what the cache holds. Nobody may be in here. */
  forget(): void {
    clear(this.#current);
    clear(this.#ahead);
    this.#isOpen = false;
    this.#cache = new KvCache(this.#cache.blocks * BLOCK_TOKENS, this.#limits.prefixCaching);
  }

  /** Opens a step, the one that was planned ahead if there is one, or returns null when there is nothing to do. */
  begin(): Batch | null {
    [this.#current, this.#ahead] = [this.#ahead, this.#current];
    if (this.#current.batch.tokens === 0) this.#plan(this.#current);
    clear(this.#ahead);
    this.#isOpen = this.#current.batch.tokens > 0;
    if (!this.#isOpen) return null;
    if (this.#limits.asyncScheduling) this.#plan(this.#ahead);
    return this.#current.batch;
  }

  /** Closes the open step and returns who got a token from it, valid until the next `begin`. Finished ones leave. */
  commit(): readonly S[] {
    if (!this.#isOpen) return NOBODY;
    this.#isOpen = false;
    const told = this.#current.sequences;
    let kept = 0;
    let finished = false;
    for (let index = 0; index < told.length; index++) {
      const sequence = told[index]!;
      if (sequence.place === 'outside') continue; // it was taken out
      told[kept++] = sequence;
      sequence.told++;
      if (sequence.told < sequence.outputTokens) continue;
      this.#cache.release(sequence);
      sequence.place = 'outside';
      finished = true;
    }
    if (kept < told.length) told.length = kept;
    if (finished) this.#running = this.#running.filter(({ place }) => place === 'running');
    return told;
  }

  /** A scheduler in the same state over copies of the sequences, to look ahead with. */
  copy(): Scheduler<Sequence> {
    const copy = new Scheduler<Sequence>(this.#limits, 0);
    const twins = new Map<S, Sequence>();
    const twinOf = (sequence: S): Sequence => {
      const twin = twins.get(sequence) ?? copySequence(sequence);
      twins.set(sequence, twin);
      return twin;
    };
    copy.#cache = this.#cache.copy();
    copy.#running = this.#running.map(twinOf);
    for (const sequence of this.#waiting.toArray()) copy.#waiting.push(twinOf(sequence));
    copy.#arrived = this.#arrived;
    copy.#isOpen = this.#isOpen;
    copy.#current = copyStep(this.#current, twinOf);
    copy.#ahead = copyStep(this.#ahead, twinOf);
    return copy;
  }

  #plan(step: Step<S>): void {
    clear(step);
    this.#chosenCount = 0;
    const preemptionsBefore = this.#preemptions;
    const tokensLeft = this.#planRunning();
    // As in vLLM: what a preemption freed belongs to those that run.
    if (this.#preemptions === preemptionsBefore) this.#admitWaiting(step, tokensLeft);
    close(step, this.#chosen, this.#chosenCount);
  }

  #planRunning(): number {
    const running = this.#running;
    const cache = this.#cache;
    const chosen = this.#chosen;
    let count = 0;
    let tokensLeft = this.#maxStepTokens;
    for (let index = 0; index < running.length && tokensLeft > 0; index++) {
      const sequence = running[index]!;
      if (sequence.emitted >= sequence.outputTokens) continue; // its last token is on the way
      const chunk = Math.min(uncomputedTokens(sequence), tokensLeft);
      while (!cache.grow(sequence, sequence.computed + chunk)) {
        const victim = this.#victim();
        const at = running.lastIndexOf(victim);
        running.splice(at, 1);
        if (at < index) index--;
        tokensLeft += victim.chunk;
        this.#preempt(victim);
        if (victim === sequence) break;
      }
      if (sequence.place !== 'running') {
        index--;
        continue;
      }
      sequence.chunk = chunk;
      tokensLeft -= chunk;
      chosen[count++] = sequence;
    }
    this.#chosenCount = count;
    return tokensLeft;
  }

  #victim(): S {
    const running = this.#running;
    let last = running.at(-1)!;
    if (this.#limits.order === 'arrival') return last;
    for (const sequence of running) if (goesBefore(last, sequence)) last = sequence;
    return last;
  }

  #preempt(victim: S): void {
    victim.chunk = 0;
    this.#cache.release(victim);
    if (victim.emitted >= victim.outputTokens) {
      victim.place = 'leaving';
      return;
    }
    this.#preemptions++;
    victim.computed = 0;
    victim.place = 'waiting';
    this.#waiting.putBack(victim);
    this.#waitingTokens += uncomputedTokens(victim);
  }

  #admitWaiting(step: Step<S>, budget: number): void {
    let tokensLeft = budget;
    while (this.#running.length < this.#limits.maxNumSeqs && tokensLeft > 0) {
      const sequence = this.#waiting.first();
      if (sequence === undefined) return;
      const known = sequence.promptTokens + sequence.emitted;
      // All of its known tokens must fit now, or it would be preempted between its chunks.
      const cached = this.#cache.reuse(sequence, known);
      if (cached < 0) return;
      const chunk = Math.min(known - cached, tokensLeft);
      sequence.computed = cached;
      this.#cache.grow(sequence, cached + chunk);
      this.#waiting.shift();
      this.#waitingTokens -= known;
      sequence.place = 'running';
      this.#running.push(sequence);
      if (!sequence.started) {
        sequence.started = true;
        step.started.push(sequence);
        this.#prefixQueries += known;
        this.#prefixHits += cached;
      }
      sequence.chunk = chunk;
      tokensLeft -= chunk;
      this.#chosen[this.#chosenCount++] = sequence;
    }
  }
}

const newStep = <S>(): Step<S> => ({
  batch: { tokens: 0, contextTokens: 0, attentionPairs: 0, sequences: 0 },
  promptTokens: 0,
  started: [],
  sequences: [],
});

const clear = (step: Step<unknown>): void => {
  const { batch } = step;
  batch.tokens = batch.contextTokens = batch.attentionPairs = batch.sequences = 0;
  step.promptTokens = step.started.length = step.sequences.length = 0;
};

/** Ends the planning of a step: adds up the chunks of those chosen, and moves these to where they will be at its end. */
const close = <S extends Sequence>(step: Step<S>, chosen: readonly S[], count: number): void => {
  const { batch } = step;
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
      step.promptTokens += chunk;
    }
    sequence.computed += chunk;
    sequence.chunk = 0;
    if (chunk < left) continue;
    sequence.emitted++;
    step.sequences.push(sequence);
  }
};

const copyStep = <S>(step: Step<S>, twinOf: (sequence: S) => Sequence): Step<Sequence> => ({
  batch: { ...step.batch },
  promptTokens: step.promptTokens,
  started: step.started.map(twinOf),
  sequences: step.sequences.map(twinOf),
});

const NOBODY: readonly never[] = [];
