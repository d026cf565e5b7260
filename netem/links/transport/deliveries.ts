import type { Clock, Ms } from '../../../core/time/clock.ts';

type Deliver = (dueMs: Ms) => void;

/** The messages of a stream that are not known to be whole at the far end yet, in order; each is delivered once it is. */
export class Deliveries {
  readonly #clock: Clock;
  readonly #earlyMs: Ms;
  readonly #endSeqs: number[] = [];
  readonly #delivers: Deliver[] = [];
  #first = 0;
  #inOrderAtMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, earlyMs: Ms) {
    this.#clock = clock;
    this.#earlyMs = earlyMs;
  }

  /** A message whose last byte is before `endSeq`. */
  expect(endSeq: number, deliver: Deliver): void {
    this.#endSeqs.push(endSeq);
    this.#delivers.push(deliver);
  }

  /** When the last byte that is known to arrive does, in order. */
  get inOrderAtMs(): Ms {
    return this.#inOrderAtMs;
  }

  /** Where the message ends that holds the byte at `seq`; `seq` where none does. */
  endOfMessageAt(seq: number): number {
    let index = this.#first;
    while (index < this.#endSeqs.length && this.#endSeqs[index]! <= seq) index++;
    return this.#endSeqs[index] ?? seq;
  }

  /** All bytes before `seq` are there at `atMs`, an instant that may be to come. */
  completeUntil(seq: number, atMs: Ms): void {
    if (atMs > this.#inOrderAtMs) this.#inOrderAtMs = atMs;
    const endSeqs = this.#endSeqs;
    while (this.#first < endSeqs.length && endSeqs[this.#first]! <= seq) {
      const dueMs = this.#inOrderAtMs - this.#earlyMs;
      this.#clock.at(Math.max(this.#clock.now(), dueMs), this.#delivers[this.#first]!);
      this.#first++;
    }
    if (this.#first === endSeqs.length) {
      endSeqs.length = 0;
      this.#delivers.length = 0;
      this.#first = 0;
    } else if (this.#first >= KEPT) {
      endSeqs.splice(0, this.#first);
      this.#delivers.splice(0, this.#first);
      this.#first = 0;
    }
  }
}

/** Delivered messages that may stay in memory before the list is cut. */
const KEPT = 64;
