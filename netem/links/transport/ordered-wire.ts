import type { Ms } from '../../../core/time/clock.ts';
import { ACKED_AT, ARRIVES_AT, type Flight, SENT_AT } from './flight.ts';
import type { PacketLink } from './packet-link.ts';

/** The two links under one direction of a connection, which keep the order of its packets: the data, and what acknowledges it. */
export class OrderedWire {
  readonly #data: PacketLink;
  readonly #acks: PacketLink;
  #arriveAtMs: Ms = Number.NEGATIVE_INFINITY;
  #ackAtMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(data: PacketLink, acks: PacketLink) {
    this.#data = data;
    this.#acks = acks;
  }

  /** When a segment that is sent at `atMs` arrives; Infinity when it is lost. */
  transmit(bytes: number, atMs: Ms): Ms {
    const arriveAtMs = this.#data.transmit(bytes, atMs);
    if (arriveAtMs === Number.POSITIVE_INFINITY) return arriveAtMs;
    if (arriveAtMs > this.#arriveAtMs) this.#arriveAtMs = arriveAtMs;
    return this.#arriveAtMs;
  }

  /** When the acknowledgement of what arrived at `atMs` reaches the sender; Infinity when it is lost. */
  acknowledge(atMs: Ms): Ms {
    const ackAtMs = this.#acks.acknowledge(atMs);
    if (ackAtMs === Number.POSITIVE_INFINITY) return ackAtMs;
    if (ackAtMs > this.#ackAtMs) this.#ackAtMs = ackAtMs;
    return this.#ackAtMs;
  }

  /** Sends the segment of `bytes` in that slot of `flight`, which is acknowledged by itself: sets when either arrives. Hot path. */
  carry(flight: Flight, slot: number, bytes: number): void {
    const { cells } = flight;
    const arriveAtMs = this.transmit(bytes, cells[slot + SENT_AT]!);
    cells[slot + ARRIVES_AT] = arriveAtMs;
    if (arriveAtMs !== Number.POSITIVE_INFINITY) cells[slot + ACKED_AT] = this.acknowledge(arriveAtMs);
  }
}

/** Segments that arrive within this time of the first are read, and acknowledged, together: one interrupt. An assumption. */
export const ACK_GATHERS_MS = 0.1;
