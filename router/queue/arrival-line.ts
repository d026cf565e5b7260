import type { Waiting } from './waiting.ts';

/** Requests in the order in which they came. Each leaves from anywhere without a search. */
export class ArrivalLine<Request> {
  oldest: Waiting<Request> | null = null;
  newest: Waiting<Request> | null = null;
  count = 0;

  add(waiting: Waiting<Request>): void {
    waiting.previous = this.newest;
    if (this.newest === null) this.oldest = waiting;
    else this.newest.next = waiting;
    this.newest = waiting;
    this.count++;
  }

  remove(waiting: Waiting<Request>): void {
    const { previous, next } = waiting;
    if (previous === null) this.oldest = next;
    else previous.next = next;
    if (next === null) this.newest = previous;
    else next.previous = previous;
    waiting.previous = null;
    waiting.next = null;
    this.count--;
  }
}
