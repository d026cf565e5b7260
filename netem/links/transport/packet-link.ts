import type { RngSource } from '../../../core/random/rng.ts';
import type { Ms } from '../../../core/time/clock.ts';
import type { LinkModel } from '../model/link-model.ts';
import { DRAWN_FOR, PacketLosses, UNTIL_LOST } from '../model/packet-losses.ts';
import { Serialiser } from '../model/serialiser.ts';
import { FROM, LOSS_RATE, RATE_KBPS, STEADY_CELLS, SteadyLink, TO, TRAVEL } from '../model/steady-link.ts';
import { jitterKeyOf, travelMs } from '../model/travel.ts';
import { HEADER_BYTES } from './tcp-constants.ts';

/**
 * One direction of a link as packets see it: what enters it while it is down is lost, and so is what its losses say. The
 * rest waits for the rate and then travels. Delay, losses and rate are those of the instant when the packet enters, as with
 * netem. All connections over the link share it.
 *
 * Hot path: it allocates nothing.
 */
export class PacketLink {
  readonly #link: LinkModel;
  readonly #losses: PacketLosses;
  readonly #serialiser: Serialiser;
  readonly #jitterKey: number;
  /** As the last data found it, and the last acknowledgement, which enters later by the delay of the other direction. */
  readonly #forData: SteadyLink;
  readonly #forAcks: SteadyLink;
  /** Of those and of the losses. */
  readonly #cells = new Float64Array(CELLS);

  constructor(options: {
    /** Of the direction, unique: it names the random streams of losses and jitter. */
    readonly name: string;
    readonly link: LinkModel;
    readonly rng: RngSource;
    /** One of its own by default; links of one dish share its lines. */
    readonly serialiser?: Serialiser;
  }) {
    this.#link = options.link;
    this.#losses = new PacketLosses(options.rng(`losses/${options.name}`), this.#cells, LOSSES);
    this.#serialiser = options.serialiser ?? new Serialiser();
    this.#jitterKey = jitterKeyOf(options.name, options.rng);
    this.#forData = new SteadyLink(options.link, this.#jitterKey, this.#cells, DATA);
    this.#forAcks = new SteadyLink(options.link, this.#jitterKey, this.#cells, ACKS);
  }

  /** Sends a segment with `payloadBytes` at `atMs`. Returns when it arrives; Infinity when it is lost. */
  transmit(payloadBytes: number, atMs: Ms): Ms {
    const cells = this.#cells;
    if (!(atMs >= cells[DATA + FROM]! && atMs < cells[DATA + TO]!)) this.#forData.moveTo(atMs);
    if (cells[DATA + LOSS_RATE] !== 0 && this.#loses(cells[DATA + LOSS_RATE]!, this.#forData))
      return Number.POSITIVE_INFINITY;
    const rateKbps = cells[DATA + RATE_KBPS]!;
    if (rateKbps === 0) return atMs + cells[DATA + TRAVEL]!;
    if (rateKbps > 0)
      return this.#serialiser.passMs(payloadBytes + HEADER_BYTES, atMs, rateKbps) + cells[DATA + TRAVEL]!;
    const { state } = this.#forData;
    if (this.#serialiser.isFull(atMs, state)) return Number.POSITIVE_INFINITY;
    return this.#serialiser.leaveAtMs(payloadBytes + HEADER_BYTES, atMs, state) + cells[DATA + TRAVEL]!;
  }

  /** Sends an acknowledgement at `atMs`, which takes no share of the rate. Returns when it arrives; Infinity when it is lost. */
  acknowledge(atMs: Ms): Ms {
    const cells = this.#cells;
    if (!(atMs >= cells[ACKS + FROM]! && atMs < cells[ACKS + TO]!)) this.#forAcks.moveTo(atMs);
    if (cells[ACKS + LOSS_RATE] !== 0 && this.#loses(cells[ACKS + LOSS_RATE]!, this.#forAcks))
      return Number.POSITIVE_INFINITY;
    return atMs + cells[ACKS + TRAVEL]!;
  }

  #loses(lossRate: number, link: SteadyLink): boolean {
    const cells = this.#cells;
    const untilLost = cells[LOSSES + UNTIL_LOST]!;
    if (lossRate !== cells[LOSSES + DRAWN_FOR] || untilLost === 0) return this.#losses.next(link.state);
    cells[LOSSES + UNTIL_LOST] = untilLost - 1;
    return false;
  }

  /** When a small packet that enters at `atMs` arrives, if nothing is lost and what waits now is all that waits. */
  arrivalMs(atMs: Ms): Ms {
    const startMs = this.#link.stateAt(atMs).rateKbps === 0 ? atMs : this.#serialiser.startsAtMs(atMs);
    return startMs + this.travelMs(startMs);
  }

  /** How long a small packet that enters at `atMs` travels, up or down, when nothing waits. */
  travelMs(atMs: Ms): Ms {
    return travelMs(this.#link.stateAt(atMs), this.#jitterKey, atMs);
  }

  /** When the link is up, from `fromMs` on; Infinity when it stays down for an hour. */
  upFromMs(fromMs: Ms): Ms {
    let atMs: Ms | null = fromMs;
    while (atMs !== null && !this.#link.stateAt(atMs).up) {
      atMs = this.#link.nextChangeAfter(atMs);
      if (atMs !== null && atMs > fromMs + LONGEST_OUTAGE_MS) return Number.POSITIVE_INFINITY;
    }
    return atMs ?? Number.POSITIVE_INFINITY;
  }
}

/** No forecast looks further. */
const LONGEST_OUTAGE_MS = 3_600_000;

/** Where in the cells of a link is what data and acknowledgements find, and what its losses drew. */
const DATA = 0;
const LOSSES = STEADY_CELLS;
const ACKS = LOSSES + 2;
const CELLS = ACKS + STEADY_CELLS;
