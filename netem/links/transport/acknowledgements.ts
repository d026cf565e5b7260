import type { Ms } from '../../../core/time/clock.ts';
import { ACKED_AT, ARRIVES_AT, END_SEQ, type Flight, SENT_AT } from './flight.ts';
import type { Sender } from './sender.ts';

/**
 * The acknowledgements of what is in flight while nothing is lost. When they come is known, so the sender takes them in later, many at
 * once, in the order of sending and hearing: what it knows then is the same as if it had taken in each as it came.
 *
 * Hot path: calls pass places and objects, because V8 allocates for a fraction that it passes to a function or returns.
 */
export class Acknowledgements {
  readonly #flight: Flight;
  readonly #sender: Sender;

  constructor(flight: Flight, sender: Sender) {
    this.#flight = flight;
    this.#sender = sender;
  }

  /** Does what the sender would have done until `nowMs`: counts what was sent by itself, and takes in the acknowledgements. */
  catchUp(nowMs: Ms): void {
    this.count(this.#flight.end);
    this.takeUntil(nowMs);
  }

  /** Counts the segments before `end` that were sent one by one, each after the acknowledgements that had come until then. */
  count(end: number): void {
    const flight = this.#flight;
    const sender = this.#sender;
    const { cells } = flight;
    while (flight.counted < end) {
      const slot = flight.slot(flight.counted);
      while (flight.first < flight.counted && cells[flight.slot(flight.first) + ACKED_AT]! <= cells[slot + SENT_AT]!) {
        this.#takeAck();
      }
      const inFlight = ++flight.counted - flight.first;
      sender.window.used(inFlight, inFlight, sender.unaSeq, cells[slot + END_SEQ]!, false);
    }
  }

  /** Takes in the acknowledgements of counted segments that have come until `nowMs`. */
  takeUntil(nowMs: Ms): void {
    const flight = this.#flight;
    while (flight.first < flight.counted && flight.cells[flight.slot(flight.first) + ACKED_AT]! <= nowMs)
      this.#takeAck();
  }

  /** Takes in the next acknowledgement, which may be of several segments. */
  #takeAck(): void {
    const flight = this.#flight;
    const sender = this.#sender;
    const { cells } = flight;
    const before = flight.first;
    let slot = flight.slot(before);
    const ackAtMs = cells[slot + ACKED_AT]!;
    const rttMs = ackAtMs - cells[slot + SENT_AT]!;
    let last = slot;
    do {
      last = slot;
      slot = flight.slot(++flight.first);
    } while (flight.first < flight.counted && cells[slot + ACKED_AT] === ackAtMs);
    const endSeq = cells[last + END_SEQ]!;
    const nextSeq = cells[flight.slot(flight.counted - 1) + END_SEQ]!;
    sender.acknowledged(endSeq, flight.first - before, cells[last + ARRIVES_AT]!);
    sender.measured(rttMs, ackAtMs, nextSeq);
    if (sender.probedSeq > 0) sender.heardOfProbe(false);
    sender.grow(flight.first - before);
  }
}
