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

  get size(): number {
    return this.end - this.first;
  }

  slot(index: number): number {
    return index & this.#mask;
  }

  /** A segment was sent at `sentAtMs` and arrives at `arriveAtMs`; when its acknowledgement does is set later. */
  push(endSeq: number, sentAtMs: Ms, arriveAtMs: Ms): void {
    if (this.size > this.#mask) this.#grow();
    const slot = this.end++ & this.#mask;
    this.endSeq[slot] = endSeq;
    this.sentAtMs[slot] = sentAtMs;
    this.arriveAtMs[slot] = arriveAtMs;
    this.ackAtMs[slot] = Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.first = this.end;
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

const FIRST_CAPACITY = 16;
