import type { Cancel, Clock, Ms } from '../../../core/time/clock.ts';
import type { LinkState, QueueBound } from './link-model.ts';

/** A rate that packets pass one after another. Links that share it wait for each other's packets. */
export interface SharedRate {
  freeAtMs: Ms;
  /** Kilobits a second, 0 for unlimited; null for the rate of the link that the packet crosses, which may change. */
  readonly rateKbps: number | null;
}

/** A rate that no other link shares. */
export const ownRate = (): SharedRate => ({ freeAtMs: Number.NEGATIVE_INFINITY, rateKbps: null });

/**
 * Where the packets of one direction of a link wait for its rate, and for the rates that it shares with other links. They
 * pass them in order, bit by bit: a packet begins to pass the second as soon as it begins to leave the first.
 *
 * A queue may have a bound. A packet that comes when those before it take longer is one too many: it is dropped itself, or the
 * one that has waited longest. In the second case the fate of a packet is known only when it leaves, so it takes a callback.
 *
 * Hot path: one call a packet or message, which allocates nothing where packets are not dropped from the front.
 */
export class Serialiser {
  readonly #clock: Clock;
  readonly #rates: readonly SharedRate[];
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #cancel: Cancel | null = null;

  /** The first of `rates` is the one with the queue. */
  constructor(clock: Clock, rates: readonly SharedRate[] = [ownRate()]) {
    this.#clock = clock;
    this.#rates = rates;
  }

  /** When a packet that enters at `atMs` begins to leave, if it is not dropped and none before it is. */
  startsAtMs(atMs: Ms): Ms {
    return Math.max(atMs, this.#rates[0]!.freeAtMs);
  }

  /** Whether a packet that enters at `atMs` is one too many. */
  isFull(atMs: Ms, { queue, rateKbps }: LinkState): boolean {
    if (queue === undefined || rateKbps === 0) return false;
    const waitMs = this.#rates[0]!.freeAtMs - atMs + (this.#waitingBytes * 8) / rateKbps;
    return waitMs > 0 && waitMs > boundMs(queue, rateKbps);
  }

  /** When the last bit of a packet has left that enters at `atMs`, not before those that entered earlier, and is not dropped. */
  leaveAtMs(bytes: number, atMs: Ms, state: LinkState): Ms {
    let beginMs = atMs;
    let endMs = atMs;
    for (const rate of this.#rates) {
      beginMs = Math.max(beginMs, rate.freeAtMs);
      rate.freeAtMs = beginMs + serialisationMs(bytes, rate.rateKbps ?? state.rateKbps);
      endMs = Math.max(endMs, rate.freeAtMs);
    }
    return endMs;
  }

  /**
   * A packet enters now. `leave` gets the instant at which its last bit has left; it is called at once where that is known
   * already, and never when the packet is dropped.
   */
  enter(bytes: number, state: LinkState, leave: (atMs: Ms) => void): void {
    const nowMs = this.#clock.now();
    if (state.queue?.drop !== 'front') {
      if (!this.isFull(nowMs, state)) leave(this.leaveAtMs(bytes, nowMs, state));
      return;
    }
    if (this.#waiting.length === 0 && this.#rates[0]!.freeAtMs <= nowMs) {
      leave(this.leaveAtMs(bytes, nowMs, state));
      return;
    }
    const packet = { bytes, state, leave };
    this.#waiting.push(packet);
    while (this.#waiting.length > 0 && this.isFull(nowMs, state)) {
      const dropped = this.#waiting.shift()!;
      if (dropped !== packet) this.#waitingBytes -= dropped.bytes;
    }
    if (this.#waiting.length === 0) return;
    this.#waitingBytes += bytes; // only those before it count above
    this.#proceedWhenFree();
  }

  #proceedWhenFree(): void {
    this.#cancel ??= this.#clock.at(this.#rates[0]!.freeAtMs, (dueMs) => {
      this.#cancel = null;
      // Another link may have taken a shared rate in the meantime.
      if (this.#rates[0]!.freeAtMs <= dueMs) {
        const { bytes, state, leave } = this.#waiting.shift()!;
        this.#waitingBytes -= bytes;
        leave(this.leaveAtMs(bytes, dueMs, state));
      }
      if (this.#waiting.length > 0) this.#proceedWhenFree();
    });
  }
}

interface Waiting {
  readonly bytes: number;
  readonly state: LinkState;
  readonly leave: (atMs: Ms) => void;
}

/** How long those may take that wait before a packet. */
const boundMs = ({ limit, unit }: QueueBound, rateKbps: number): Ms => (unit === 'ms' ? limit : (limit * 8) / rateKbps);

const serialisationMs = (bytes: number, rateKbps: number): Ms => (rateKbps === 0 ? 0 : (bytes * 8) / rateKbps);
