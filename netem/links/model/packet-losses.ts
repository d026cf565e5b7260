import type { Rng } from '../../../core/random/rng.ts';
import type { BurstLoss, LinkState } from './link-model.ts';
import { lostInEither } from './packet-loss.ts';

/**
 * Draws which packets one direction of a link loses. All connections of a link share one, as they share a netem: the chain of a
 * bursty loss steps with every packet of any of them.
 *
 * Hot path: independent losses cost one draw a loss, not one a packet; nothing is allocated.
 */
export class PacketLosses {
  readonly #rng: Rng;
  /** See `UNTIL_LOST` and `DRAWN_FOR`. */
  readonly #cells: Float64Array;
  readonly #at: number;
  #isBad = false;

  /** Keeps its draw in two of `cells`, from `at` on, where whoever knows the state of the link may count it down itself. */
  constructor(rng: Rng, cells = new Float64Array(2), at = 0) {
    this.#rng = rng;
    this.#cells = cells;
    this.#at = at;
    cells[at + DRAWN_FOR] = Number.NaN;
  }

  /** Whether the next packet is lost, on a link in `state`. A link that is down loses every packet, and its chain stands still. */
  next(state: LinkState): boolean {
    return this.firstLost(state, 1) === 0;
  }

  /**
   * Sends up to `packets` packets, and stops behind the first that is lost: its index, or `packets` when none is. Later ones are
   * not drawn yet.
   */
  firstLost(state: LinkState, packets: number): number {
    if (!state.up) return 0;
    if (state.burst !== undefined) return this.#firstLostInChain(state.burst, state.lossRate, packets);
    if (state.lossRate === 0) return packets;
    if (state.lossRate >= 1) return 0;
    // The wait for a loss has no memory, so a new rate may draw it anew.
    const cells = this.#cells;
    const at = this.#at;
    if (state.lossRate !== cells[at + DRAWN_FOR]) this.#draw(state.lossRate);
    const lost = cells[at + UNTIL_LOST]!;
    if (lost >= packets) {
      cells[at + UNTIL_LOST] = lost - packets;
      return packets;
    }
    this.#draw(state.lossRate);
    return lost;
  }

  /** Sends all of `packets`, lost or not: whether at least one is lost. */
  losesOneOf(packets: number, state: LinkState): boolean {
    let isAnyLost = false;
    for (let left = packets; left > 0; ) {
      const lost = this.firstLost(state, left);
      if (lost < left) isAnyLost = true;
      left -= lost + 1;
    }
    return isAnyLost;
  }

  #draw(lossRate: number): void {
    this.#cells[this.#at + DRAWN_FOR] = lossRate;
    this.#cells[this.#at + UNTIL_LOST] = Math.floor(Math.log1p(-this.#rng.next()) / Math.log1p(-lossRate));
  }

  #firstLostInChain({ p, r, lossInBad, lossInGood }: BurstLoss, lossRate: number, packets: number): number {
    const inGood = lostInEither(lossInGood, lossRate);
    const inBad = lostInEither(lossInBad, lossRate);
    for (let packet = 0; packet < packets; packet++) {
      const isLost = this.#rng.next() < (this.#isBad ? inBad : inGood);
      if (this.#rng.next() < (this.#isBad ? r : p)) this.#isBad = !this.#isBad;
      if (isLost) return packet;
    }
    return packets;
  }
}

/** How many packets pass until the next independent loss, and for which rate that was drawn. */
export const UNTIL_LOST = 0;
export const DRAWN_FOR = 1;
