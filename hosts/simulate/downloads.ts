import type { Ms } from '../../core/time/clock.ts';

/**
 * Tokens on their way to their users, in the order in which they arrive: a connection keeps it, and one that is made anew delivers
 * later than the one that was given up.
 *
 * Hot path: a ring that grows to the most that was ever on the way; a token allocates nothing.
 */
export class Downloads<T extends { onArrived(atMs: Ms): void }> {
  #atMs = new Float64Array(FIRST_CAPACITY);
  #to: (T | undefined)[] = Array.from({ length: FIRST_CAPACITY });
  #first = 0;
  #end = 0;

  add(atMs: Ms, to: T): void {
    if (this.#end - this.#first === this.#atMs.length) this.#grow();
    const slot = this.#end++ & (this.#atMs.length - 1);
    this.#atMs[slot] = atMs;
    this.#to[slot] = to;
  }

  /** Hands out what is there at `nowMs`. */
  handOut(nowMs: Ms): void {
    const mask = this.#atMs.length - 1;
    while (this.#first < this.#end) {
      const slot = this.#first & mask;
      const atMs = this.#atMs[slot]!;
      if (atMs > nowMs) return;
      this.#first++;
      const to = this.#to[slot]!;
      this.#to[slot] = undefined;
      to.onArrived(atMs);
    }
  }

  #grow(): void {
    const length = this.#atMs.length;
    const atMs = new Float64Array(2 * length);
    const to: (T | undefined)[] = Array.from({ length: 2 * length });
    for (let index = this.#first; index < this.#end; index++) {
      atMs[index & (2 * length - 1)] = this.#atMs[index & (length - 1)]!;
      to[index & (2 * length - 1)] = this.#to[index & (length - 1)];
    }
    [this.#atMs, this.#to] = [atMs, to];
  }
}

const FIRST_CAPACITY = 64;
