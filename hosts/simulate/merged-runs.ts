import type { Ms } from '../../core/time/clock.ts';

/**
 * Things by instant, ties in the order they were added, as in a `TimedQueue`, for things that come from few sources, each of which
 * adds its own in order: what is added is put behind others of its source in a run, and the runs are merged as things are taken.
 *
 * Hot path: where bursts of a source stay together, to add and to take costs the same however many things wait. It allocates
 * when it grows and never else.
 */
export class MergedRuns<T> {
  /** By when the last thing is due that was ever added to them: each later than the one before. */
  readonly #runs: Run<T>[] = [];
  /** Of `#runs`, the one that was added to last. */
  #place = 0;
  /** A binary heap of the runs that have things, by their first. */
  readonly #heap: Run<T>[] = [];
  #added = 0;

  /** When the first thing is due; Infinity when there is none. */
  get nextAtMs(): Ms {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : this.#heap[0]!.nextAtMs;
  }

  /** The first thing; undefined when there is none. */
  get first(): T | undefined {
    return this.#heap.length === 0 ? undefined : this.#heap[0]!.first;
  }

  add(atMs: Ms, thing: T): void {
    const run = this.#runFor(atMs);
    const isWaiting = run.size > 0;
    run.add(atMs, this.#added++, thing);
    if (!isWaiting) this.#rise(run);
  }

  /** Takes out the first thing. There must be one. */
  take(): T {
    const run = this.#heap[0]!;
    const thing = run.take();
    if (run.size > 0) this.#sink(run);
    else {
      const last = this.#heap.pop()!;
      if (this.#heap.length > 0) this.#sink(last);
    }
    return thing;
  }

  /** The run whose last thing is the latest that is not due after `atMs`: so the order of `#runs` stays. */
  #runFor(atMs: Ms): Run<T> {
    const runs = this.#runs;
    const same = runs[this.#place];
    const next = runs[this.#place + 1];
    if (same !== undefined && same.lastAtMs <= atMs && (next === undefined || atMs < next.lastAtMs)) return same;
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle]!.lastAtMs <= atMs) low = middle + 1;
      else high = middle;
    }
    if (low === 0) runs.unshift(new Run());
    this.#place = Math.max(0, low - 1);
    return runs[this.#place]!;
  }

  #rise(run: Run<T>): void {
    const heap = this.#heap;
    let place = heap.push(run) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (heap[parent]!.isBefore(run)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = run;
  }

  /** Puts `run` in the place of the first. */
  #sink(run: Run<T>): void {
    const heap = this.#heap;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.isBefore(heap[child]!)) child++;
      if (run.isBefore(heap[child]!)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = run;
  }
}

/** Things that were added in the order of their instants: a ring. */
class Run<T> {
  lastAtMs: Ms = Number.NEGATIVE_INFINITY;
  /** Of the first. */
  nextAtMs: Ms = Number.POSITIVE_INFINITY;
  #nextOrder = 0;
  #atMs = new Float64Array(FIRST_CAPACITY);
  #order = new Float64Array(FIRST_CAPACITY);
  #things: (T | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #first = 0;
  #end = 0;

  get size(): number {
    return this.#end - this.#first;
  }

  get first(): T | undefined {
    return this.#things[this.#first & (this.#atMs.length - 1)];
  }

  /** Whether its first thing comes before that of `other`. */
  isBefore(other: Run<T>): boolean {
    return this.nextAtMs < other.nextAtMs || (this.nextAtMs === other.nextAtMs && this.#nextOrder < other.#nextOrder);
  }

  add(atMs: Ms, order: number, thing: T): void {
    if (this.size === this.#atMs.length) this.#grow();
    const slot = this.#end & (this.#atMs.length - 1);
    this.#atMs[slot] = atMs;
    this.#order[slot] = order;
    this.#things[slot] = thing;
    this.lastAtMs = atMs;
    if (this.#end++ === this.#first) this.#look();
  }

  take(): T {
    const slot = this.#first++ & (this.#atMs.length - 1);
    const thing = this.#things[slot]!;
    this.#things[slot] = undefined;
    if (this.#first < this.#end) this.#look();
    return thing;
  }

  #look(): void {
    const slot = this.#first & (this.#atMs.length - 1);
    this.nextAtMs = this.#atMs[slot]!;
    this.#nextOrder = this.#order[slot]!;
  }

  #grow(): void {
    const { length } = this.#atMs;
    const [atMs, order] = [new Float64Array(2 * length), new Float64Array(2 * length)];
    const things: (T | undefined)[] = new Array(2 * length).fill(undefined);
    for (let index = this.#first; index < this.#end; index++) {
      const [from, to] = [index & (length - 1), index & (2 * length - 1)];
      atMs[to] = this.#atMs[from]!;
      order[to] = this.#order[from]!;
      things[to] = this.#things[from];
    }
    [this.#atMs, this.#order, this.#things] = [atMs, order, things];
  }
}

const FIRST_CAPACITY = 16;
