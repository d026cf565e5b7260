import type { Rng, RngSource } from '../../../core/random/rng.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { US_PER_MS } from '../../../core/units.ts';
import type { LinkModel, LinkState } from './link-model.ts';
import { PacketLosses } from './packet-losses.ts';
import { Serialiser } from './serialiser.ts';
import { jitterKeyOf, travelMs } from './travel.ts';

/** A lane keeps its order on a link: one connection. A probe loses nothing, so that its round trip measures the link alone. */
export class Lane {
  deliveredAtMs: Ms = Number.NEGATIVE_INFINITY;
  readonly losesNothing: boolean;

  constructor(options: { readonly losesNothing: boolean }) {
    this.losesNothing = options.losesNothing;
  }
}

/**
 * Plays one direction of a link on a stream of messages: the simulator runs it on a virtual clock, the relay on the real
 * one. A message waits until it can be serialised, waits while the link is down, and then travels.
 *
 * It models a reliable, ordered stream, so it never drops and never reorders. A lost packet arrives one round trip
 * late, as after a fast retransmission, and everything behind it in its lane waits (head-of-line blocking); so does a
 * message that finds a bounded queue full, whichever end the queue drops from. Jitter holds
 * for windows of 10 ms and is a function of seed, name and time alone: however the bytes are cut, the link is the same.
 *
 * Hot path: one call a message; what it allocates is the event of its delivery.
 */
export class LinkEmulator {
  readonly #link: LinkModel;
  readonly #clock: Clock;
  readonly #receiving: Clock;
  readonly #losses: Rng;
  readonly #jitterKey: number;
  readonly #earlyMs: Ms;
  readonly #bursts: PacketLosses;
  readonly #serialiser: Serialiser;
  readonly #lane = new Lane({ losesNothing: false });
  #downFromMs: Ms = Number.POSITIVE_INFINITY;
  #upAgainAtMs: Ms = Number.NEGATIVE_INFINITY;

  constructor(options: {
    readonly name: string;
    readonly link: LinkModel;
    readonly clock: Clock;
    /** Where messages are delivered, if that is another clock, which may be ahead. */
    readonly receiving?: Clock;
    /** Losses and jitter are streams of it, by the name of the link. */
    readonly rng: RngSource;
    /** How much earlier than due a message is delivered, because the host adds delay after it; never before it was sent. */
    readonly earlyMs?: Ms;
  }) {
    this.#link = options.link;
    this.#clock = options.clock;
    this.#receiving = options.receiving ?? options.clock;
    this.#losses = options.rng(`link/${options.name}`);
    this.#bursts = new PacketLosses(options.rng(`losses/${options.name}`));
    this.#serialiser = new Serialiser();
    this.#earlyMs = options.earlyMs ?? 0;
    this.#jitterKey = jitterKeyOf(options.name, options.rng);
  }

  /**
   * Sends a message of `bytes`; `deliver` gets the instant when it was due. All lanes share the rate of the link. Messages
   * without a lane share one order.
   */
  send(bytes: number, deliver: (dueMs: Ms) => void, lane: Lane = this.#lane): void {
    const dueMs = this.#dueMs(bytes, lane);
    this.#receiving.at(Math.max(this.#clock.now(), dueMs - this.#earlyMs), deliver);
  }

  /** The same without an event: `recipient` is told at once when the message will be there. */
  tell(bytes: number, recipient: { arrives(dueMs: Ms): void }, lane: Lane = this.#lane): void {
    recipient.arrives(Math.max(this.#clock.now(), this.#dueMs(bytes, lane) - this.#earlyMs));
  }

  /** When a small message that is sent at `atMs` will arrive, if no packet of it is lost. */
  arrivalMs(atMs: Ms): Ms {
    const departMs = this.#firstUpAt(this.#serialiser.startsAtMs(atMs));
    if (departMs === Number.POSITIVE_INFINITY) return departMs;
    return Math.max(
      this.#lane.deliveredAtMs,
      departMs + travelMs(this.#link.stateAt(departMs), this.#jitterKey, departMs),
    );
  }

  #dueMs(bytes: number, lane: Lane): Ms {
    const nowMs = this.#clock.now();
    const departMs = this.#firstUpAt(this.#serialiser.startsAtMs(nowMs));
    if (departMs === Number.POSITIVE_INFINITY) return departMs;
    const state = this.#link.stateAt(departMs);
    const isDropped = this.#serialiser.isFull(nowMs, state);
    const serialisedAtMs = this.#serialiser.leaveAtMs(bytes, departMs, state);
    const lateMs = lane.losesNothing ? 0 : this.#recoveryMs(state, bytes, isDropped);
    const arriveMs = serialisedAtMs + travelMs(state, this.#jitterKey, departMs) + lateMs;
    lane.deliveredAtMs = Math.max(lane.deliveredAtMs, arriveMs);
    return lane.deliveredAtMs;
  }

  /** When the link passes messages again at or after `fromMs`; Infinity when it does not within `LONGEST_OUTAGE_MS`. */
  #firstUpAt(fromMs: Ms): Ms {
    if (!Number.isFinite(fromMs) || this.#link.stateAt(fromMs).up) return fromMs;
    if (fromMs >= this.#downFromMs && fromMs < this.#upAgainAtMs) return this.#upAgainAtMs;
    let atMs: Ms | null = fromMs;
    while (atMs !== null && !this.#link.stateAt(atMs).up) {
      atMs = this.#link.nextChangeAfter(atMs);
      if (atMs !== null && atMs > fromMs + LONGEST_OUTAGE_MS) atMs = null;
    }
    this.#downFromMs = fromMs; // later messages in this outage need not search again
    this.#upAgainAtMs = atMs ?? Number.POSITIVE_INFINITY;
    return this.#upAgainAtMs;
  }

  #recoveryMs(state: LinkState, bytes: number, isDropped: boolean): Ms {
    const packets = Math.max(1, Math.ceil(bytes / PACKET_BYTES));
    const isLate = this.#losesOneOf(packets, state) || isDropped;
    return isLate ? (2 * state.delayUs) / US_PER_MS : 0;
  }

  #losesOneOf(packets: number, state: LinkState): boolean {
    if (state.burst !== undefined) return this.#bursts.losesOneOf(packets, state);
    if (state.lossRate === 0) return false;
    return this.#losses.next() < 1 - (1 - state.lossRate) ** packets;
  }
}

/** A connection does not survive a longer outage, so messages that wait for its end are never delivered. */
const LONGEST_OUTAGE_MS = 3_600_000;

/** Payload of one TCP segment at an MTU of 1500 with timestamps. */
const PACKET_BYTES = 1448;
