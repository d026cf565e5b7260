import type { Ms } from '../../../core/time/clock.ts';

/**
 * The segments in flight while nothing is lost, in the order of the stream: a ring.
 *
 * Hot path: typed arrays, no allocation but when it grows.
 */
export class Flight {
  endSeq = new Float64Array(FIRST_CAPACITY);
  sentAtMs = new Float64Array(FIRST_CAPACITY);
  arriveAtMs = new Float64Array(FIRST_CAPACITY);
  ackAtMs = new Float64Array(FIRST_CAPACITY);
  #mask = FIRST_CAPACITY - 1;
  /** The index of the first, and the one after the last; `slot` finds either in the arrays. */
  first = 0;
  end = 0;
  /** Those before it have been counted by the sender. */
  counted = 0;

  get size(): number {
    return this.end - this.first;
  }

  /** Whether the next segment takes the place of one that the sender might forget. */
  get isFull(): boolean {
    return this.end - this.first > this.#mask;
  }

  slot(index: number): number {
    return index & this.#mask;
  }

  /** Whether all are acknowledged at `nowMs`. */
  isHeardOf(nowMs: Ms): boolean {
    return this.end === this.first || this.ackAtMs[(this.end - 1) & this.#mask]! <= nowMs;
  }

  /** A segment was sent at `sentAtMs`: when it arrives, and its acknowledgement does, is set later. Returns its slot. */
  push(endSeq: number, sentAtMs: Ms): number {
    if (this.isFull) this.#grow();
    const slot = this.end++ & this.#mask;
    this.endSeq[slot] = endSeq;
    this.sentAtMs[slot] = sentAtMs;
    this.arriveAtMs[slot] = Number.POSITIVE_INFINITY;
    this.ackAtMs[slot] = Number.POSITIVE_INFINITY;
    return slot;
  }

  /** Makes room for as many as are in flight. */
  spread(): void {
    if (2 * this.size > this.#mask) this.#grow();
  }

  /** The shortest round trip of those in flight; Infinity where there is none. */
  leastRttMs(): Ms {
    let leastMs = Number.POSITIVE_INFINITY;
    for (let index = this.first; index < this.end; index++) {
      const slot = index & this.#mask;
      leastMs = Math.min(leastMs, this.ackAtMs[slot]! - this.sentAtMs[slot]!);
    }
    return leastMs;
  }

  clear(): void {
    this.first = this.end;
    this.counted = this.end;
  }

  #grow(): void {
    const { first, end } = this;
    const from = [this.endSeq, this.sentAtMs, this.arriveAtMs, this.ackAtMs] as const;
    const oldMask = this.#mask;
    this.#mask = oldMask * 2 + 1;
    const grown = from.map((old) => {
      const wider = new Float64Array(this.#mask + 1);
      for (let index = first; index < end; index++) wider[index & this.#mask] = old[index & oldMask]!;
      return wider;
    });
    [this.endSeq, this.sentAtMs, this.arriveAtMs, this.ackAtMs] = grown as [
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
      Float64Array<ArrayBuffer>,
    ];
  }
}

const FIRST_CAPACITY = 64;
