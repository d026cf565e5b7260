import type { Stretch } from './merged-timeline.ts';

/**
 * When packets of 1500 bytes can leave a link, in whole milliseconds from its first interval: the trace format of mahimahi
 * (mm-link), which has rate and interruptions but no delay. At most a minute and `MOST_PACKETS`. It ends at a whole
 * millisecond, because mahimahi repeats a trace from its end.
 */
export class PacketOpportunities {
  #bits = 0;
  #count = 0;
  #isFull = false;

  /** The instants in an interval, in order. Intervals must be given in order of time, from 0, without gaps. */
  of({ fromMs, toMs, state }: Stretch): readonly number[] {
    const instants: number[] = [];
    if (this.#isFull || !state.up || state.rateKbps === 0) return instants;
    const endMs = Math.min(toMs, LONGEST_MS);
    const bitsPerMs = state.rateKbps;
    let atMs = fromMs;
    for (;;) {
      const readyMs = atMs + (PACKET_BITS - this.#bits) / bitsPerMs;
      if (!(readyMs < endMs)) break;
      const instant = Math.max(1, Math.ceil(readyMs)); // mahimahi takes no trace that ends at 0
      if (this.#count >= MOST_PACKETS && instant !== instants.at(-1)) this.#isFull = true;
      if (this.#isFull) return instants;
      instants.push(instant);
      this.#count++;
      this.#bits = 0;
      atMs = readyMs;
    }
    this.#bits += Math.max(0, endMs - atMs) * bitsPerMs;
    return instants;
  }
}

const PACKET_BITS = 1500 * 8;
const LONGEST_MS = 60_000;
const MOST_PACKETS = 1_000_000;
