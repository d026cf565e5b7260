import { drawAt, streamKey } from '../../core/random/rng.ts';
import { normalQuantile } from '../../core/stats/normal.ts';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import { type AccessOverhead, skewedUs } from '../../netem/links/effect/overhead.ts';
import type { Quantiles } from './measured-site.ts';

/** What a dish is like beyond its quantiles, in milliseconds. */
export interface Shape {
  /** From the 5 % to the 95 % quantile within a slot. */
  readonly inSlotMs: number;
  /** How far the median of the probes of a slot is from that of the slot before, at the median. */
  readonly jumpMs: number;
}

/**
 * Round trips over a way through space under any overhead, with the same draws each time, so that a fit sees the effect of a parameter
 * and not of chance. Each draw has exactly its distribution, in an order by chance: in six hours of plain draws, a p95 of a skewed
 * dish is off by 5 %. The formula is that of `withAccessOverhead` without persistence.
 */
export class RoundTrips {
  readonly #geometryMs: Float64Array;
  readonly #probes: number;
  readonly #up: Float64Array;
  readonly #down: Float64Array;
  readonly #varied: Float64Array;
  readonly #wait: Float64Array;
  readonly #jitter: Float64Array;
  readonly #rttMs: Float64Array;
  readonly #few: Float64Array;

  /** `geometryMs` is the bare round trip of each slot. */
  constructor(geometryMs: Float64Array, { probes, stream }: { readonly probes: number; readonly stream: string }) {
    this.#geometryMs = geometryMs;
    this.#probes = probes;
    const slots = geometryMs.length;
    const evenly = (name: string, count: number) => shuffledShares(count, `${stream}/${name}`);
    this.#up = evenly('up', slots).map(normalQuantile);
    this.#down = evenly('down', slots).map(normalQuantile);
    this.#varied = evenly('varied', slots * probes).map(normalQuantile);
    this.#wait = evenly('wait', slots * probes);
    const home = evenly('home', slots * probes);
    this.#jitter = evenly('there', slots * probes).map((share, index) => share + home[index]!);
    this.#rttMs = new Float64Array(slots * probes);
    this.#few = new Float64Array(probes);
  }

  /** The round trip of each probe, slot by slot. The array is reused by the next call. */
  under(overhead: AccessOverhead): Float64Array {
    const {
      floorUs,
      heldMedianUs,
      heldSigma,
      heldMostUs,
      uplinkWaitUs,
      variedMedianUs,
      variedSigma,
      variedMostUs,
      jitterUs,
    } = overhead;
    for (let slot = 0; slot < this.#geometryMs.length; slot++) {
      const heldUs =
        skewedUs(this.#up[slot]!, heldMedianUs, heldSigma, heldMostUs) +
        skewedUs(this.#down[slot]!, heldMedianUs, heldSigma, heldMostUs);
      for (let probe = slot * this.#probes; probe < (slot + 1) * this.#probes; probe++) {
        const variedUs = skewedUs(this.#varied[probe]!, variedMedianUs, variedSigma, variedMostUs);
        const waitsUs = this.#wait[probe]! * uplinkWaitUs + this.#jitter[probe]! * 2 * jitterUs;
        this.#rttMs[probe] = this.#geometryMs[slot]! + (2 * floorUs + heldUs + variedUs + waitsUs) / 1000;
      }
    }
    return this.#rttMs;
  }

  /** The shape of the round trips that `under(overhead)` gave. */
  shapeOf(rttMs: Float64Array, overhead: AccessOverhead): Shape {
    const { variedMedianUs, variedSigma, variedMostUs, uplinkWaitUs, jitterUs } = overhead;
    const jumps = new Float64Array(this.#geometryMs.length - 1);
    let beforeMs = Number.NaN;
    for (let slot = 0; slot <= jumps.length; slot++) {
      const medianMs = this.#medianOf(rttMs, slot);
      if (slot > 0) jumps[slot - 1] = Math.abs(medianMs - beforeMs);
      beforeMs = medianMs;
    }
    // One probe of each slot will do: within a slot all are drawn alike.
    const inSlot = Float64Array.from(this.#geometryMs, (_, slot) => {
      const probe = slot * this.#probes;
      const variedUs = skewedUs(this.#varied[probe]!, variedMedianUs, variedSigma, variedMostUs);
      return (variedUs + this.#wait[probe]! * uplinkWaitUs + this.#jitter[probe]! * 2 * jitterUs) / 1000;
    }).sort();
    return { inSlotMs: quantile(inSlot, 0.95) - quantile(inSlot, 0.05), jumpMs: quantile(jumps.sort(), 0.5) };
  }

  /** By insertion: of a handful of numbers a thousand times a call, the sort of a typed array takes ten times as long. */
  #medianOf(rttMs: Float64Array, slot: number): number {
    const few = this.#few;
    for (let index = 0; index < few.length; index++) {
      const value = rttMs[slot * few.length + index]!;
      let place = index;
      for (; place > 0 && few[place - 1]! > value; place--) few[place] = few[place - 1]!;
      few[place] = value;
    }
    return quantile(few, 0.5);
  }
}

/** The middles of `count` equal parts of 0 to 1, in an order by chance. */
const shuffledShares = (count: number, stream: string): Float64Array => {
  const key = streamKey(stream);
  const order = Array.from({ length: count }, (_, index) => index).sort((a, b) => drawAt(key, a) - drawAt(key, b));
  return Float64Array.from(order, (rank) => (rank + 0.5) / count);
};

export const quantilesMs = (rttMs: Float64Array): Quantiles => {
  const sorted = ascending(rttMs);
  const at = (share: number) => quantile(sorted, share);
  return { p0: at(0), p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95), p99: at(0.99) };
};
