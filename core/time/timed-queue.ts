import type { Ms } from './clock.ts';

/**
 * Things by instant, ties in the order they were added.
 *
 * Hot path: a four-ary heap, which has half the levels of a binary one, over typed arrays: what moves in it are numbers, and
 * things stay in their place. It allocates when it grows and never else.
 */
export class TimedQueue<T> {
  /** The heap, by place: when, which of equal ones first, and where the thing is. */
  #atMs = new Float64Array(FIRST_CAPACITY);
  #order = new Float64Array(FIRST_CAPACITY);
  #slot = new Int32Array(FIRST_CAPACITY);
  #size = 0;
  #added = 0;
  readonly #things: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#size;
  }

  /** When the first thing is due; Infinity when there is none. */
  get nextAtMs(): Ms {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#atMs[0]!;
  }

  /** The first thing; undefined when there is none. */
  get first(): T | undefined {
    return this.#size === 0 ? undefined : this.#things[this.#slot[0]!];
  }

  /** @throws RangeError for NaN, which has no place in an order. */
  add(atMs: Ms, thing: T): void {
    if (Number.isNaN(atMs)) throw new RangeError('an event cannot be due at NaN');
    if (this.#size === this.#atMs.length) this.#grow();
    const slot = this.#free.length > 0 ? this.#free.pop()! : this.#things.length;
    this.#things[slot] = thing;
    this.#rise(this.#size++, atMs, this.#added++, slot);
  }

  /** Takes out the first thing; undefined when there is none. */
  take(): T | undefined {
    if (this.#size === 0) return undefined;
    const slot = this.#slot[0]!;
    const thing = this.#things[slot];
    this.#leave(slot);
    const last = --this.#size;
    if (last > 0) this.#sink(0, last);
    return thing;
  }

  /** Forgets each thing that `isKept` says no to. */
  filter(isKept: (thing: T) => boolean): void {
    let kept = 0;
    for (let place = 0; place < this.#size; place++) {
      const slot = this.#slot[place]!;
      if (!isKept(this.#things[slot]!)) {
        this.#leave(slot);
        continue;
      }
      this.#atMs[kept] = this.#atMs[place]!;
      this.#order[kept] = this.#order[place]!;
      this.#slot[kept] = slot;
      kept++;
    }
    this.#size = kept;
    for (let place = (kept - 2) >> 2; place >= 0; place--) this.#sink(place, place);
  }

  #leave(slot: number): void {
    this.#things[slot] = undefined;
    this.#free.push(slot);
  }

  // Both write to the arrays themselves: a call with numbers that are no integers allocates each of them.

  #rise(from: number, atMs: Ms, order: number, slot: number): void {
    const times = this.#atMs;
    const orders = this.#order;
    const slots = this.#slot;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (times[parent]! <= atMs) break; // what is added is the last of those at its instant
      times[place] = times[parent]!;
      orders[place] = orders[parent]!;
      slots[place] = slots[parent]!;
      place = parent;
    }
    times[place] = atMs;
    orders[place] = order;
    slots[place] = slot;
  }

  /** Puts what is at `last` in its place below the place `from`. */
  #sink(from: number, last: number): void {
    const times = this.#atMs;
    const orders = this.#order;
    const slots = this.#slot;
    const size = this.#size;
    const atMs = times[last]!;
    const order = orders[last]!;
    const slot = slots[last]!;
    let place = from;
    for (;;) {
      const begin = place * 4 + 1;
      if (begin >= size) break;
      const end = Math.min(begin + 4, size);
      let least = begin;
      let leastAtMs = times[begin]!;
      for (let child = begin + 1; child < end; child++) {
        const childAtMs = times[child]!;
        if (childAtMs < leastAtMs || (childAtMs === leastAtMs && orders[child]! < orders[least]!)) {
          least = child;
          leastAtMs = childAtMs;
        }
      }
      if (atMs < leastAtMs || (atMs === leastAtMs && order < orders[least]!)) break;
      times[place] = leastAtMs;
      orders[place] = orders[least]!;
      slots[place] = slots[least]!;
      place = least;
    }
    times[place] = atMs;
    orders[place] = order;
    slots[place] = slot;
  }

  #grow(): void {
    const wider = this.#size * 2;
    const [atMs, order, slot] = [new Float64Array(wider), new Float64Array(wider), new Int32Array(wider)];
    atMs.set(this.#atMs);
    order.set(this.#order);
    slot.set(this.#slot);
    [this.#atMs, this.#order, this.#slot] = [atMs, order, slot];
  }
}

const FIRST_CAPACITY = 16;
