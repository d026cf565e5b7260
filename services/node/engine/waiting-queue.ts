import type { Sequence } from './sequence.ts';

/** First come first served, but a preempted sequence goes back to the front. */
export class WaitingQueue<S extends Sequence> {
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

  unshift(sequence: S): void {
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

  /** In order, from the front. */
  toArray(): S[] {
    return this.#items.slice(this.#head);
  }
}
