import type { Ms } from './clock.ts';
import { TimedQueue } from './timed-queue.ts';

type Callback = (dueMs: Ms) => void;

/** A callback in the queue; `fn` is null once it has run or was cancelled. */
export interface QueuedEvent {
  fn: Callback | null;
}

/**
 * Callbacks by due time, ties in the order they were added: the heart of both clocks.
 *
 * A cancelled event keeps its place until it is due, or until more than half of the events are cancelled and all of
 * those are removed at once.
 */
export class EventQueue {
  #events = new TimedQueue<QueuedEvent>();
  #cancelled = 0;

  add(atMs: Ms, fn: Callback): QueuedEvent {
    const event = { fn };
    this.#events.add(atMs, event);
    return event;
  }

  cancel(event: QueuedEvent): void {
    if (event.fn === null) return;
    event.fn = null;
    this.#cancelled++;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#events.size) {
      this.#events.filter(({ fn }) => fn !== null);
      this.#cancelled = 0;
    }
  }

  /** When the first live event is due, or null when there is none. */
  nextAtMs(): Ms | null {
    for (let event = this.#events.first; event !== undefined; event = this.#events.first) {
      if (event.fn !== null) return this.#events.nextAtMs;
      this.#events.take();
      this.#cancelled--;
    }
    return null;
  }

  /** Takes out the first live event, which `nextAtMs` has told of, and returns its callback. */
  take(): Callback {
    const event = this.#events.take()!;
    const fn = event.fn!;
    event.fn = null; // a cancel that comes later finds nothing to do
    return fn;
  }

  /** Forgets every event. */
  clear(): void {
    this.#events.filter((event) => {
      event.fn = null;
      return false;
    });
    this.#cancelled = 0;
  }
}
