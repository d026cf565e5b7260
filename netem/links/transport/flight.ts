import type { Ms } from '../../../core/time/clock.ts';

/**
 * The segments in flight while nothing is lost, in the order of the stream: a ring.
 *
 * Hot path: one typed array, in which what is known of a segment is side by side. It allocates when it grows and never else.
 */
export class Flight {
  /** Of the segment in a slot: `cells[slot + END_SEQ]`, `SENT_AT`, `ARRIVES_AT` and `ACKED_AT`. Of the connection: `LAST_ARRIVES`, ... */
  cells = new Float64Array((FIRST_CAPACITY + 1) * WIDTH);
  #mask = FIRST_CAPACITY - 1;
  /** The index of the first, and the one after the last; `slot` finds either in the array. */
  first = 0;
  end = 0;
  /** Those before it have been counted by the sender. */
  counted = 0;

  constructor() {
    this.cells[LAST_ARRIVES] = Number.NEGATIVE_INFINITY;
    this.cells[LAST_ACKED] = Number.NEGATIVE_INFINITY;
  }

  get size(): number {
    return this.end - this.first;
  }

  /** How many there is room for. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** Whether the next segment takes the place of one that the sender might forget. */
  get isFull(): boolean {
    return this.end - this.first > this.#mask;
  }

  slot(index: number): number {
    return (index & this.#mask) * WIDTH + WIDTH;
  }

  /** Whether all are acknowledged at `nowMs`. */
  isHeardOf(nowMs: Ms): boolean {
    return this.end === this.first || this.cells[this.slot(this.end - 1) + ACKED_AT]! <= nowMs;
  }

  /** A segment was sent at `sentAtMs`: when it arrives, and its acknowledgement does, is set later. Returns its slot. */
  push(endSeq: number, sentAtMs: Ms): number {
    if (this.isFull) this.#grow();
    const slot = this.slot(this.end++);
    const { cells } = this;
    cells[slot + END_SEQ] = endSeq;
    cells[slot + SENT_AT] = sentAtMs;
    cells[slot + ARRIVES_AT] = Number.POSITIVE_INFINITY;
    cells[slot + ACKED_AT] = Number.POSITIVE_INFINITY;
    return slot;
  }

  /** Makes room for as many as are in flight. */
  spread(): void {
    if (2 * this.size > this.#mask) this.#grow();
  }

  /** The shortest round trip of those in flight; Infinity where there is none. */
  leastRttMs(): Ms {
    const { cells } = this;
    let leastMs = Number.POSITIVE_INFINITY;
    for (let index = this.first; index < this.end; index++) {
      const slot = this.slot(index);
      leastMs = Math.min(leastMs, cells[slot + ACKED_AT]! - cells[slot + SENT_AT]!);
    }
    return leastMs;
  }

  /** When the last segment was sent; 0 before the first. */
  get lastSentAtMs(): Ms {
    return this.end === 0 ? 0 : this.cells[this.slot(this.end - 1) + SENT_AT]!;
  }

  clear(): void {
    this.first = this.end;
    this.counted = this.end;
  }

  #grow(): void {
    const from = this.cells;
    const oldMask = this.#mask;
    this.#mask = oldMask * 2 + 1;
    this.cells = new Float64Array((this.capacity + 1) * WIDTH);
    this.cells.set(from.subarray(0, WIDTH));
    for (let index = this.first; index < this.end; index++) {
      const old = (index & oldMask) * WIDTH + WIDTH;
      this.cells.set(from.subarray(old, old + WIDTH), this.slot(index));
    }
  }
}

/** Where the segment ends, and when it is sent, arrives, and is heard of. */
export const END_SEQ = 0;
export const SENT_AT = 1;
export const ARRIVES_AT = 2;
export const ACKED_AT = 3;

const WIDTH = 4;

/** When the last packet that was not lost arrives, and the last acknowledgement: a connection keeps its order. */
export const LAST_ARRIVES = 0;
export const LAST_ACKED = 1;
/** The smoothed round trip is not shorter, whatever acknowledgements are still to be taken in; 0 while that is not known. */
export const LEAST_RTT = 2;

const FIRST_CAPACITY = 16;
