import type { Sequence } from './sequence.ts';

/** Who waits, in the order in which they will be admitted. */
export interface WaitingQueue<S extends Sequence> {
  readonly length: number;
  first(): S | undefined;
  push(sequence: S): void;
  /** Takes one back that ran already. */
  putBack(sequence: S): void;
  shift(): void;
  remove(sequence: S): void;
  /** In order, from the front. */
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
    this.#items = this.#items.slice(this.#head); // what was taken must not be held for ever
    this.#head = 0;
  }

  remove(sequence: S): void {
    this.#items.splice(this.#items.indexOf(sequence, this.#head), 1);
  }

  toArray(): S[] {
    return this.#items.slice(this.#head);
  }
}

/** Lower priority values first, then first come first served; a preempted sequence goes where it would have been. */
export class PriorityQueue<S extends Sequence> implements WaitingQueue<S> {
  /** The first is at the end, where it is cheap to take. */
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
