import type { Clock, Ms } from '../../../core/time/clock.ts';

type Deliver = (dueMs: Ms) => void;

/** Whoever a message is for, if it needs no event for that. */
export interface Recipient {
  /** Told as soon as it is known, and in the order of the stream: the message is whole at the far end at `dueMs`, which may be to come. */
  arrives(dueMs: Ms): void;
}

/**
 * The messages of a stream that are not known to be whole at the far end yet, in order; each is delivered once it is, by an
 * event, or told to its recipient at once.
 *
 * Hot path: most messages are known to arrive as they are sent, so the first places of the lists are used again and again.
 */
export class Deliveries {
  readonly #clock: Clock;
  readonly #receiving: Clock;
  readonly #earlyMs: Ms;
  readonly #endSeqs: number[] = [];
  readonly #delivers: (Deliver | Recipient)[] = [];
  /** The place of the first message, and the one after the last. */
  #first = 0;
  #end = 0;
  #inOrderAtMs: Ms = Number.NEGATIVE_INFINITY;

  /** `clock` is that of the sender; events are set on `receiving`. */
  constructor(clock: Clock, receiving: Clock, earlyMs: Ms) {
    this.#clock = clock;
    this.#receiving = receiving;
    this.#earlyMs = earlyMs;
  }

  /** When the last byte that is known to arrive does, in order. */
  get inOrderAtMs(): Ms {
    return this.#inOrderAtMs;
  }

  /** A message whose last byte is before `endSeq`. */
  expect(endSeq: number, deliver: Deliver | Recipient): void {
    this.#endSeqs[this.#end] = endSeq;
    this.#delivers[this.#end] = deliver;
    this.#end++;
  }

  /** Where the message ends that holds the byte at `seq`; `seq` where none does. */
  endOfMessageAt(seq: number): number {
    let index = this.#first;
    while (index < this.#end && this.#endSeqs[index]! <= seq) index++;
    return index < this.#end ? this.#endSeqs[index]! : seq;
  }

  /** All bytes before `seq` are there at `atMs`, an instant that may be to come. */
  completeUntil(seq: number, atMs: Ms): void {
    if (atMs > this.#inOrderAtMs) this.#inOrderAtMs = atMs;
    while (this.#first < this.#end && this.#endSeqs[this.#first]! <= seq) {
      this.#deliver(this.#delivers[this.#first]!);
      this.#delivers[this.#first] = NOBODY;
      this.#first++;
    }
    if (this.#first === this.#end) {
      this.#first = 0;
      this.#end = 0;
    } else if (this.#first >= MOST_DELIVERED) {
      this.#endSeqs.splice(0, this.#first);
      this.#delivers.splice(0, this.#first);
      this.#end -= this.#first;
      this.#first = 0;
    }
  }

  #deliver(to: Deliver | Recipient): void {
    const dueMs = Math.max(this.#clock.now(), this.#inOrderAtMs - this.#earlyMs);
    if (typeof to === 'function') this.#receiving.at(dueMs, to);
    else to.arrives(dueMs);
  }
}

const NOBODY: Deliver = () => {};

/** Places of delivered messages in front of others, before the lists are cut. */
const MOST_DELIVERED = 64;
