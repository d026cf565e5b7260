import { BLOCK_TOKENS, KvCache } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import { copySequence, type Sequence, uncomputedTokens } from './sequence.ts';
import { StepPlan } from './step-plan.ts';
import type { Batch } from './step-time.ts';
import { ArrivalQueue, goesBefore, PriorityQueue, type WaitingQueue } from './waiting-queue.ts';

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
  #current = new StepPlan<S>();
  #ahead = new StepPlan<S>();
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
    this.#current.clear();
    this.#ahead.clear();
    this.#isOpen = false;
    this.#cache = new KvCache(this.#cache.blocks * BLOCK_TOKENS, this.#limits.prefixCaching);
  }

  /** Opens a step, the one that was planned ahead if there is one, or returns null when there is nothing to do. */
  begin(): Batch | null {
    [this.#current, this.#ahead] = [this.#ahead, this.#current];
    if (this.#current.isEmpty) this.#plan(this.#current);
    this.#ahead.clear();
    this.#isOpen = !this.#current.isEmpty;
    if (!this.#isOpen) return null;
    if (this.#limits.asyncScheduling) this.#plan(this.#ahead);
    return this.#current.batch;
  }

  /** Closes the open step and returns who got a token from it, valid until the next `begin`. Finished ones leave. */
  commit(): readonly S[] {
    if (!this.#isOpen) return NOBODY;
    this.#isOpen = false;
    const { told } = this.#current;
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
    copy.#current = this.#current.copy(twinOf);
    copy.#ahead = this.#ahead.copy(twinOf);
    return copy;
  }

  #plan(plan: StepPlan<S>): void {
    plan.clear();
    this.#chosenCount = 0;
    const preemptionsBefore = this.#preemptions;
    const tokensLeft = this.#planRunning();
    // As in vLLM: what a preemption freed belongs to those that run.
    if (this.#preemptions === preemptionsBefore) this.#admitWaiting(plan, tokensLeft);
    plan.close(this.#chosen, this.#chosenCount);
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

  #admitWaiting(plan: StepPlan<S>, budget: number): void {
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
        plan.started.push(sequence);
        this.#prefixQueries += known;
        this.#prefixHits += cached;
      }
      sequence.chunk = chunk;
      tokensLeft -= chunk;
      this.#chosen[this.#chosenCount++] = sequence;
    }
  }
}

const NOBODY: readonly never[] = [];
