import type { Ms } from '../../../core/time/clock.ts';
import { ACKED_AT, ARRIVES_AT, type Flight, LAST_ACKED, LAST_ARRIVES, SENT_AT } from './flight.ts';
import type { PacketLink } from './packet-link.ts';

/**
 * The two links under one direction of a connection, which keep the order of its packets: the data, and what acknowledges it. When the last
 * of either arrives is with what is in flight.
 */
export class OrderedWire {
  readonly #data: PacketLink;
  readonly #acks: PacketLink;
  readonly #flight: Flight;

  constructor(data: PacketLink, acks: PacketLink, flight: Flight) {
    this.#data = data;
    this.#acks = acks;
    this.#flight = flight;
  }

  /** When a segment that is sent at `atMs` arrives; Infinity when it is lost. */
  transmit(bytes: number, atMs: Ms): Ms {
    const arriveAtMs = this.#data.transmit(bytes, atMs);
    return arriveAtMs === Number.POSITIVE_INFINITY ? arriveAtMs : this.#inOrder(LAST_ARRIVES, arriveAtMs);
  }

  /** When the acknowledgement of what arrived at `atMs` reaches the sender; Infinity when it is lost. */
  acknowledge(atMs: Ms): Ms {
    const ackAtMs = this.#acks.acknowledge(atMs);
    return ackAtMs === Number.POSITIVE_INFINITY ? ackAtMs : this.#inOrder(LAST_ACKED, ackAtMs);
  }

  /** Sends the segment of `bytes` in that slot of `flight`, which is acknowledged by itself: sets when either arrives. Hot path. */
  carry(slot: number, bytes: number): void {
    const { cells } = this.#flight;
    let arriveAtMs = this.#data.transmit(bytes, cells[slot + SENT_AT]!);
    if (arriveAtMs === Number.POSITIVE_INFINITY) return;
    if (arriveAtMs < cells[LAST_ARRIVES]!) arriveAtMs = cells[LAST_ARRIVES]!;
    cells[LAST_ARRIVES] = arriveAtMs;
    cells[slot + ARRIVES_AT] = arriveAtMs;
    let ackAtMs = this.#acks.acknowledge(arriveAtMs);
    if (ackAtMs === Number.POSITIVE_INFINITY) return;
    if (ackAtMs < cells[LAST_ACKED]!) ackAtMs = cells[LAST_ACKED]!;
    cells[LAST_ACKED] = ackAtMs;
    cells[slot + ACKED_AT] = ackAtMs;
  }

  #inOrder(last: number, atMs: Ms): Ms {
    const { cells } = this.#flight;
    if (atMs > cells[last]!) cells[last] = atMs;
    return cells[last]!;
  }
}

/** Segments that arrive within this time of the first are read, and acknowledged, together: one interrupt. An assumption. */
export const ACK_GATHERS_MS = 0.1;
