import { FairLine } from './fair-line.ts';
import type { Waiting } from './waiting.ts';
import type { WaitingSettings } from './waiting-schema.ts';

/** Requests in the order in which they go: the lowest priority value first, then fair by tenant, then by arrival. */
export class PriorityLine<Request> {
  count = 0;
  readonly #settings: WaitingSettings;
  /** Ascending. */
  readonly #priorities: number[] = [];
  readonly #lines = new Map<number, FairLine<Request>>();

  constructor(settings: WaitingSettings) {
    this.#settings = settings;
  }

  add(waiting: Waiting<Request>): void {
    const { priority } = waiting.info;
    let line = this.#lines.get(priority);
    if (line === undefined) {
      line = new FairLine(this.#settings);
      this.#lines.set(priority, line);
      const place = this.#priorities.findIndex((each) => each > priority);
      this.#priorities.splice(place < 0 ? this.#priorities.length : place, 0, priority);
    }
    line.add(waiting);
    this.count++;
  }

  /** The one that goes next; null where none waits. */
  next(): Waiting<Request> | null {
    return this.count === 0 ? null : this.#lines.get(this.#priorities[0]!)!.next();
  }

  /** The one that `next` gave goes. */
  take(waiting: Waiting<Request>): void {
    this.#lines.get(waiting.info.priority)!.take(waiting);
    this.#left(waiting.info.priority);
  }

  /** It leaves without its turn. */
  remove(waiting: Waiting<Request>): void {
    this.#lines.get(waiting.info.priority)!.remove(waiting);
    this.#left(waiting.info.priority);
  }

  /** The one that is needed least: of the highest priority value, the newest of the tenant that has the most waiting there. */
  worst(): Waiting<Request> | null {
    return this.count === 0 ? null : this.#lines.get(this.#priorities.at(-1)!)!.newestOfLongest();
  }

  #left(priority: number): void {
    this.count--;
    if (this.#lines.get(priority)!.count > 0) return;
    this.#lines.delete(priority);
    this.#priorities.splice(this.#priorities.indexOf(priority), 1);
  }
}
