import type { Sequence } from './sequence.ts';

/** Waiting sequences, in the order of admission. */
export interface WaitingQueue<S extends Sequence> {
  readonly length: number;
  first(): S | undefined;
  push(sequence: S): void;
  /** Puts back a sequence that was running. */
  putBack(sequence: S): void;
  shift(): void;
  remove(sequence: S): void;
  /** All of them, from the front. */
  toArray(): S[];
}

/** First come first served, but a preempted sequence goes back to the front. */
export class ArrivalQueue<S extends Sequence> implements WaitingQueue<S> {
  #items: S[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  first(): S | undefined {
    return this.#items[this.#head];
  }

  push(sequence: S): void {
    this.#items.push(sequence);
  }

  putBack(sequence: S): void {
    if (this.#head > 0) this.#items[--this.#head] = sequence;
    else this.#items.unshift(sequence);
  }

  shift(): void {
    this.#head++;
    if (this.#head < 64 || this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head); // removed items must not be kept in memory
    this.#head = 0;
  }

  remove(sequence: S): void {
    this.#items.splice(this.#items.indexOf(sequence, this.#head), 1);
  }

  toArray(): S[] {
    return this.#items.slice(this.#head);
  }
}

/** Lower priority values first, then first come first served. A preempted sequence goes back to its place in this order. */
export class PriorityQueue<S extends Sequence> implements WaitingQueue<S> {
  /** The first sequence is at the end of the array, where removing it is cheap. */
  readonly #items: S[] = [];

  get length(): number {
    return this.#items.length;
  }

  first(): S | undefined {
    return this.#items.at(-1);
  }

  push(sequence: S): void {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (goesBefore(sequence, this.#items[middle]!)) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, sequence);
  }

  putBack(sequence: S): void {
    this.push(sequence);
  }

  shift(): void {
    this.#items.pop();
  }

  remove(sequence: S): void {
    this.#items.splice(this.#items.indexOf(sequence), 1);
  }

  toArray(): S[] {
    return this.#items.toReversed();
  }
}

/** The order of priorities, ties by arrival. Source: the priority scheduling of vLLM. */
export const goesBefore = (a: Sequence, b: Sequence): boolean =>
  a.priority < b.priority || (a.priority === b.priority && a.serial < b.serial);
