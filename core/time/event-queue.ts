import type { Ms } from './clock.ts';

type Callback = (dueMs: Ms) => void;

/** A callback in the queue; `fn` is null once it was cancelled. */
export interface QueuedEvent {
  readonly atMs: Ms;
  readonly order: number;
  fn: Callback | null;
}

/**
 * Callbacks by due time, ties in the order they were added: the heart of both clocks.
 *
 * Hot path: a four-ary heap of plain objects, which has half the levels of a binary one. A cancelled event keeps its
 * place until it reaches the top, or until more than half of the events are cancelled and all of those are removed at once.
 */
export class EventQueue {
  #heap: QueuedEvent[] = [];
  #added = 0;
  #cancelled = 0;

  add(atMs: Ms, fn: Callback): QueuedEvent {
    if (Number.isNaN(atMs)) throw new RangeError('an event cannot be due at NaN');
    const event = { atMs, order: this.#added++, fn };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  cancel(event: QueuedEvent): void {
    if (event.fn === null) return;
    event.fn = null;
    this.#cancelled++;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
  }

  /** When the first live event is due, or null when there is none. */
  nextAtMs(): Ms | null {
    while (this.#heap.length > 0 && this.#heap[0]!.fn === null) {
      this.#removeFirst();
      this.#cancelled--;
    }
    return this.#heap[0]?.atMs ?? null;
  }

  /** Takes out the first live event if it is due at `nowMs`. The caller runs its callback. */
  takeDue(nowMs: Ms): { readonly atMs: Ms; readonly fn: Callback } | null {
    const atMs = this.nextAtMs();
    if (atMs === null || atMs > nowMs) return null;
    const event = this.#removeFirst();
    const fn = event.fn!;
    event.fn = null; // a cancel that comes later finds nothing to do
    return { atMs: event.atMs, fn };
  }

  /** Forgets every event. */
  clear(): void {
    for (const event of this.#heap) event.fn = null;
    this.#heap = [];
    this.#cancelled = 0;
  }

  #removeFirst(): QueuedEvent {
    const first = this.#heap[0]!;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const event = heap[from]!;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      if (!isBefore(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const event = heap[from]!;
    let index = from;
    for (;;) {
      const first = index * 4 + 1;
      if (first >= heap.length) break;
      let least = first;
      const end = Math.min(first + 4, heap.length);
      for (let child = first + 1; child < end; child++) if (isBefore(heap[child]!, heap[least]!)) least = child;
      if (!isBefore(heap[least]!, event)) break;
      heap[index] = heap[least]!;
      index = least;
    }
    heap[index] = event;
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((event) => event.fn !== null);
    this.#cancelled = 0;
    for (let index = (this.#heap.length - 2) >> 2; index >= 0; index--) this.#sink(index);
  }
}

const isBefore = (a: QueuedEvent, b: QueuedEvent): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
