import type { Ms } from '../../../core/time/clock.ts';
import type { LinkState, QueueBound } from './link-model.ts';

/** What packets pass one after another, such as the uplink of a dish. Links that share it wait for each other's packets. */
export interface Line {
  freeAtMs: Ms;
}

export const freeLine = (): Line => ({ freeAtMs: Number.NEGATIVE_INFINITY });

/** A line as one link passes it. */
export interface Passage {
  readonly line: Line;
  /** Kilobits a second, 0 for unlimited; null for the rate of the link, which may change. */
  readonly rateKbps: number | null;
}

/**
 * Where the packets of one direction of a link wait for its rate, and for the lines that it shares with other links. They
 * pass them in order, bit by bit: a packet begins to pass the second line as soon as it begins to leave the first.
 *
 * A queue may have a bound. A packet that comes when those before it take longer is one too many, and is dropped. A queue that
 * drops from its front would drop the one that has waited longest instead: then as many packets of one size leave at
 * the same instants, but the loss is seen earlier. Here both drop the packet that comes.
 *
 * Hot path: one call a packet or message, which allocates nothing.
 */
export class Serialiser {
  /** The one with the queue, and its rate. */
  readonly #first: Line;
  readonly #firstRateKbps: number | null;
  readonly #others: readonly Passage[];

  /** `passages` in the order of packets, at least one; by default a line of the link alone. The first has the queue. */
  constructor(passages: readonly Passage[] = [{ line: freeLine(), rateKbps: null }]) {
    const [first, ...others] = passages;
    this.#first = first!.line;
    this.#firstRateKbps = first!.rateKbps;
    this.#others = others;
  }

  /** When a packet that enters at `atMs` begins to leave, if it is not dropped. */
  startsAtMs(atMs: Ms): Ms {
    return Math.max(atMs, this.#first.freeAtMs);
  }

  /** Whether a packet that enters at `atMs` is one too many. */
  isFull(atMs: Ms, { queue, rateKbps }: LinkState): boolean {
    if (queue === undefined || rateKbps === 0) return false;
    const waitMs = this.#first.freeAtMs - atMs;
    return waitMs > 0 && waitMs > boundMs(queue, rateKbps);
  }

  /** When the last bit of a packet has left that enters at `atMs`, not before those that entered earlier, and is not dropped. */
  leaveAtMs(bytes: number, atMs: Ms, { rateKbps }: LinkState): Ms {
    return this.passMs(bytes, atMs, rateKbps);
  }

  /** The same on a link with that rate; 0 is unlimited. */
  passMs(bytes: number, atMs: Ms, linkRateKbps: number): Ms {
    const first = this.#first;
    let beginMs = Math.max(atMs, first.freeAtMs);
    let endMs = beginMs + serialisationMs(bytes, this.#firstRateKbps ?? linkRateKbps);
    first.freeAtMs = endMs;
    const others = this.#others;
    for (let index = 0; index < others.length; index++) {
      const { line, rateKbps } = others[index]!;
      beginMs = Math.max(beginMs, line.freeAtMs);
      line.freeAtMs = beginMs + serialisationMs(bytes, rateKbps ?? linkRateKbps);
      endMs = Math.max(endMs, line.freeAtMs);
    }
    return endMs;
  }
}

/** How long those may take that wait before a packet. */
const boundMs = ({ limit, unit }: QueueBound, rateKbps: number): Ms => (unit === 'ms' ? limit : (limit * 8) / rateKbps);

const serialisationMs = (bytes: number, rateKbps: number): Ms => (rateKbps === 0 ? 0 : (bytes * 8) / rateKbps);
