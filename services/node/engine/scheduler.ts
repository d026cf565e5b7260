import { DecodeRun } from './decode-run.ts';
import { HitMeter } from './hit-meter.ts';
import { BLOCK_TOKENS, KvCache } from './kv-cache.ts';
import type { Limits } from './limits.ts';
import { copySequence, type Sequence, uncomputedTokens } from './sequence.ts';
import { StepPlan } from './step-plan.ts';
import type { StepSource } from './step-source.ts';
import type { Batch } from './step-time.ts';
import { ArrivalQueue, goesBefore, PriorityQueue, type WaitingQueue } from './waiting-queue.ts';

/**
 * Decides which tokens the next forward pass computes: continuous batching as in vLLM's V1 engine.
 *
 * A step has a token budget. Running sequences come first, in the order of admission: a decode gets one token, an
 * unfinished prefill gets a chunk. Then come waiting sequences, in queue order, as far as budget, places and KV blocks
 * allow. When no block is free, the last running sequence is preempted: it loses its blocks, waits at the front, and
 * computes its tokens again. The scheduler has no time, only order: `begin` opens a step and `commit` closes it.
 *
 * With asynchronous scheduling, `begin` also plans the next step. The plan assumes that the open step gives its tokens. A
 * sequence that arrives later, or ends with the open step, has an effect only in the step after the planned one.
 *
 * Hot path: a step touches each running sequence three times and allocates nothing.
 */
export class Scheduler<S extends Sequence> implements StepSource<S> {
  readonly #limits: Limits;
  readonly #maxStepTokens: number;
  readonly #waiting: WaitingQueue<S>;
  #cache: KvCache;
  #running: S[] = [];
  /** The step that runs now, and the one planned after it. */
  #current = new StepPlan<S>();
  #ahead = new StepPlan<S>();
  #isOpen = false;
  readonly #decodeRun = new DecodeRun();
  /** The first `#chosenCount` have a chunk in the step being planned. The array never shrinks, so that its memory is reused. */
  readonly #chosen: S[] = [];
  #chosenCount = 0;
  #arrived = 0;
  #preemptions = 0;
  /** Sequences with blocks outside of steps: those that depart, and those that receive KV entries and have a place, too. */
  readonly #apart = new Set<S>();
  #receiving = 0;
  #waitingTokens = 0;
  readonly #hits = new HitMeter();

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

  get runningCount(): number {
    return this.#running.length;
  }

  get kvUsage(): number {
    return this.#cache.usage;
  }

  get kvTokens(): number {
    return this.#cache.blocks * BLOCK_TOKENS;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  get preemptions(): number {
    return this.#preemptions;
  }

  get prefixCache(): { readonly queries: number; readonly hits: number } {
    return this.#hits.totals;
  }

  get prefixHitShare(): number {
    return this.#hits.share;
  }

  get promptTokens(): number {
    return this.#current.promptTokens;
  }

  get promptTokensAhead(): number {
    return this.#ahead.promptTokens;
  }

  get started(): readonly S[] {
    return this.#current.started;
  }

  firstWaiting(): S | undefined {
    return this.#waiting.first();
  }

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

  remove(sequence: S): void {
    if (sequence.place === 'waiting') {
      this.#waiting.remove(sequence);
      this.#waitingTokens -= uncomputedTokens(sequence);
    } else if (sequence.place === 'running') {
      this.#running.splice(this.#running.indexOf(sequence), 1);
      this.#cache.release(sequence);
    } else if (sequence.place === 'departing' || sequence.place === 'receiving') {
      this.#leaveApart(sequence);
      this.#cache.release(sequence);
    }
    sequence.place = 'outside';
  }

  mayDepart({ place, mostPlanned, delivered }: S): boolean {
    return place === 'running' && mostPlanned === 1 && delivered === 1;
  }

  depart(sequence: S): void {
    this.#running.splice(this.#running.indexOf(sequence), 1);
    sequence.place = 'departing';
    this.#apart.add(sequence);
  }

  receive(sequence: S): number {
    if (this.#running.length + this.#receiving >= this.#limits.maxNumSeqs) return -1;
    const known = sequence.promptTokens + sequence.emitted;
    const cached = this.#cache.reuse(sequence, known);
    if (cached < 0) return -1;
    this.#cache.hold(sequence, known);
    this.#receiving++;
    this.#apart.add(sequence);
    this.#hits.record(known, cached);
    sequence.cachedTokens = cached;
    sequence.started = true;
    sequence.place = 'receiving';
    return cached;
  }

  join(sequence: S): void {
    this.#leaveApart(sequence);
    this.#decodeRun.end();
    sequence.serial = this.#arrived++;
    sequence.computed = sequence.promptTokens;
    sequence.place = 'running';
    this.#running.push(sequence);
  }

  forget(): void {
    this.#current.clear();
    this.#ahead.clear();
    this.#isOpen = false;
    this.#cache = new KvCache(this.kvTokens, this.#limits.prefixCaching);
  }

  begin(): Batch | null {
    [this.#current, this.#ahead] = [this.#ahead, this.#current];
    if (this.#current.isEmpty) this.#plan(this.#current);
    this.#ahead.clear();
    this.#isOpen = !this.#current.isEmpty;
    if (!this.#isOpen) return null;
    if (this.#limits.asyncScheduling) this.#plan(this.#ahead);
    return this.#current.batch;
  }

  commit(): readonly S[] {
    if (!this.#isOpen) return NOBODY;
    this.#isOpen = false;
    const { emitting } = this.#current;
    let kept = 0;
    let finished = false;
    for (let index = 0; index < emitting.length; index++) {
      const sequence = emitting[index]!;
      if (sequence.place === 'outside') continue; // it was removed during the step
      emitting[kept++] = sequence;
      sequence.delivered++;
      if (sequence.delivered < sequence.outputTokens) continue;
      this.#cache.release(sequence);
      sequence.place = 'outside';
      finished = true;
    }
    if (kept < emitting.length) emitting.length = kept;
    if (finished) this.#running = this.#running.filter(({ place }) => place === 'running');
    return emitting;
  }

  copy(): Scheduler<Sequence> {
    const copy = new Scheduler<Sequence>(this.#limits, 0);
    const copies = new Map<S, Sequence>();
    const copyOf = (sequence: S): Sequence => {
      const copied = copies.get(sequence) ?? copySequence(sequence);
      copies.set(sequence, copied);
      return copied;
    };
    copy.#cache = this.#cache.copy();
    copy.#running = this.#running.map(copyOf);
    // What is on its way between two engines is taken to be there.
    for (const sequence of this.#apart) {
      const copied = copyOf(sequence);
      if (sequence.place === 'departing') copy.#cache.release(copied);
      else copy.join(copied);
    }
    for (const sequence of this.#waiting.toArray()) copy.#waiting.push(copyOf(sequence));
    copy.#arrived = this.#arrived;
    copy.#isOpen = this.#isOpen;
    copy.#current = this.#current.copy(copyOf);
    copy.#ahead = this.#ahead.copy(copyOf);
    return copy;
  }

  #leaveApart(sequence: S): void {
    if (this.#apart.delete(sequence) && sequence.place === 'receiving') this.#receiving--;
  }

  #plan(plan: StepPlan<S>): void {
    plan.clear();
    if (this.#waiting.length === 0 && this.#decodeRun.goesOn(this.#running, this.#cache)) {
      plan.decode(this.#running);
      return;
    }
    this.#chosenCount = 0;
    const preemptionsBefore = this.#preemptions;
    const tokensLeft = this.#planRunning();
    // As in vLLM, blocks freed by a preemption are for running sequences.
    if (this.#preemptions === preemptionsBefore) this.#admitWaiting(plan, tokensLeft);
    plan.close(this.#chosen, this.#chosenCount);
    if (plan.isDecodeOf(this.#running)) this.#decodeRun.begin(this.#running);
    else this.#decodeRun.end();
  }

  #planRunning(): number {
    const running = this.#running;
    const cache = this.#cache;
    const chosen = this.#chosen;
    let count = 0;
    let tokensLeft = this.#maxStepTokens;
    for (let index = 0; index < running.length && tokensLeft > 0; index++) {
      const sequence = running[index]!;
      if (sequence.emitted >= sequence.mostPlanned) continue; // its last token is in the open step
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
    if (victim.emitted >= victim.outputTokens) {
      this.#cache.release(victim);
      victim.place = 'leaving';
      return;
    }
    this.#cache.park(victim, victim.computed);
    this.#preemptions++;
    victim.computed = 0;
    victim.place = 'waiting';
    this.#waiting.putBack(victim);
    this.#waitingTokens += uncomputedTokens(victim);
  }

  #admitWaiting(plan: StepPlan<S>, budget: number): void {
    let tokensLeft = budget;
    while (this.#running.length + this.#receiving < this.#limits.maxNumSeqs && tokensLeft > 0) {
      const sequence = this.#waiting.first();
      if (sequence === undefined) return;
      const known = sequence.promptTokens + sequence.emitted;
      // All of its known tokens must fit now. Otherwise it would be preempted between its chunks.
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
        sequence.cachedTokens = cached;
        this.#hits.record(known, cached);
      }
      sequence.chunk = chunk;
      tokensLeft -= chunk;
      this.#chosen[this.#chosenCount++] = sequence;
    }
  }
}

const NOBODY: readonly never[] = [];
