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
  /** How many packets pass until the next independent loss, drawn for `#drawnForRate`. */
  #untilLost = 0;
  #drawnForRate = Number.NaN;
  /** That of the last packet, where the draw says of the next what becomes of it. */
  #lastState: LinkState | null = null;
  #isBad = false;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** Whether the next packet is lost, on a link in `state`. A link that is down loses every packet, and its chain stands still. */
  next(state: LinkState): boolean {
    if (state === this.#lastState && this.#untilLost > 0) {
      this.#untilLost--;
      return false;
    }
    const isLost = this.firstLost(state, 1) === 0;
    this.#lastState = state.lossRate === this.#drawnForRate && state.up && state.burst === undefined ? state : null;
    return isLost;
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
    if (state.lossRate !== this.#drawnForRate) this.#draw(state.lossRate);
    if (this.#untilLost >= packets) {
      this.#untilLost -= packets;
      return packets;
    }
    const lost = this.#untilLost;
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
    this.#lastState = null;
    this.#drawnForRate = lossRate;
    this.#untilLost = Math.floor(Math.log1p(-this.#rng.next()) / Math.log1p(-lossRate));
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
