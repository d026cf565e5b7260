import type { Ms } from '../../../core/time/clock.ts';
import type { Segment } from './scoreboard.ts';

/** A copy of a segment that arrives, and the acknowledgement that it causes. */
export interface Copy {
  readonly segment: Segment;
  readonly sentAtMs: Ms;
  readonly arriveAtMs: Ms;
  /** Infinity when the acknowledgement is lost. */
  readonly ackAtMs: Ms;
  /** An earlier copy arrives too. */
  readonly isSuperfluous: boolean;
  /** It is acknowledged together with the copy before it. */
  readonly isGathered: boolean;
}

/** Copies whose arrival the sender has not heard of, in the order in which they arrive. */
export class AckQueue {
  readonly #copies: Copy[] = [];

  get copies(): readonly Copy[] {
    return this.#copies;
  }

  push(copy: Copy): void {
    this.#copies.push(copy);
  }

  /** When the next acknowledgement reaches the sender; null when none does. */
  nextAtMs(): Ms | null {
    return this.#copies[this.#indexOfNext()]?.ackAtMs ?? null;
  }

  /** What the next acknowledgement tells of: also copies that arrived before, and whose own was lost. */
  takeNext(): readonly Copy[] {
    let end = this.#indexOfNext() + 1;
    while (this.#copies[end]?.isGathered === true) end++;
    return this.#copies.splice(0, end);
  }

  #indexOfNext(): number {
    return this.#copies.findIndex(({ ackAtMs }) => ackAtMs !== Number.POSITIVE_INFINITY);
  }
}
