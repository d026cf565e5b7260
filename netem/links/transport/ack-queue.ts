import type { Ms } from '../../../core/time/clock.ts';
import { ACK_GATHERS_MS } from './ordered-wire.ts';
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
}

/** Copies whose arrival the sender has not heard of, in the order in which they arrive. */
export class AckQueue {
  readonly #copies: Copy[] = [];
  #groupAtMs: Ms = Number.NEGATIVE_INFINITY;

  get copies(): readonly Copy[] {
    return this.#copies;
  }

  /** `acknowledge` says when an acknowledgement that leaves at an instant is there; those close together share one. */
  push(copy: Omit<Copy, 'ackAtMs'>, acknowledge: (atMs: Ms) => Ms): void {
    const last = this.#copies.at(-1);
    const isGathered = last !== undefined && copy.arriveAtMs - this.#groupAtMs <= ACK_GATHERS_MS;
    if (!isGathered) this.#groupAtMs = copy.arriveAtMs;
    this.#copies.push({ ...copy, ackAtMs: isGathered ? last.ackAtMs : acknowledge(copy.arriveAtMs) });
  }

  /** One whose acknowledgement is known already. */
  restore(copy: Copy): void {
    this.#copies.push(copy);
    this.#groupAtMs = copy.arriveAtMs;
  }

  /** When the next acknowledgement reaches the sender; null when none does. */
  nextAtMs(): Ms | null {
    return this.#copies.find(({ ackAtMs }) => ackAtMs !== Number.POSITIVE_INFINITY)?.ackAtMs ?? null;
  }

  /** What the acknowledgements until `nowMs` tell of: also copies that arrived before, and whose own were lost. */
  takeUntil(nowMs: Ms): readonly Copy[] {
    const end = this.#copies.findLastIndex(({ ackAtMs }) => ackAtMs <= nowMs) + 1;
    return this.#copies.splice(0, end);
  }
}
