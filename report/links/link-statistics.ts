import { Histogram } from '../../core/stats/histogram.ts';
import { meanLossRate } from '../../netem/links/model/packet-loss.ts';
import type { Stretch } from './merged-timeline.ts';
import { SlotJumps, type SlotPeriod } from './slot-jumps.ts';

/** Summary of a link direction over a time span. Delays are one way, without queueing and jitter, while it was up. */
export interface LinkSummary {
  /** NaN when it was never up. The same holds for every figure that is measured while up. */
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Share of lost packets, 0 to 1, mean over the time it was up; losses in bursts count with their mean. */
  readonly lossRate: number;
  /** How many packets a burst of loss lasts, mean over the time with such losses; null without. */
  readonly burstPackets: number | null;
  /** Share of the time it was down, 0 to 1. */
  readonly downShare: number;
  /** Median change of the median delay from one slot to the next; null without slots. */
  readonly slotJumpMs: number | null;
  /** Lowest and highest rate in kilobits a second while up; 0 is unlimited. */
  readonly leastKbps: number;
  readonly mostKbps: number;
}

/** Adds up intervals of one link direction, weighted by time. Memory does not grow with time. */
export class LinkStatistics {
  readonly #delays = new Histogram();
  readonly #jumps: SlotJumps | null;
  #leastUs = Number.POSITIVE_INFINITY;
  #upMs = 0;
  #downMs = 0;
  #lossMs = 0;
  #burstMs = 0;
  #burstPacketsMs = 0;
  #leastKbps = Number.POSITIVE_INFINITY;
  #mostKbps = 0;

  constructor(slots: SlotPeriod | undefined) {
    this.#jumps = slots === undefined ? null : new SlotJumps(slots);
  }

  add({ fromMs, toMs, state }: Stretch): void {
    const lengthMs = toMs - fromMs;
    if (!state.up) {
      this.#downMs += lengthMs;
      return;
    }
    this.#upMs += lengthMs;
    this.#lossMs += meanLossRate(state) * lengthMs;
    if (state.burst !== undefined && state.burst.p > 0) {
      this.#burstMs += lengthMs;
      this.#burstPacketsMs += lengthMs / state.burst.r;
    }
    this.#leastUs = Math.min(this.#leastUs, state.delayUs);
    this.#leastKbps = Math.min(this.#leastKbps, state.rateKbps);
    this.#mostKbps = Math.max(this.#mostKbps, state.rateKbps);
    this.#delays.record(state.delayUs, lengthMs);
    this.#jumps?.add(fromMs, lengthMs, state.delayUs);
  }

  summary(): LinkSummary {
    const wasUp = this.#upMs > 0;
    const quantileMs = (p: number): number => Math.max(this.#leastUs, this.#delays.quantileUs(p)) / 1000;
    return {
      minMs: wasUp ? this.#leastUs / 1000 : Number.NaN,
      p50Ms: quantileMs(0.5),
      p95Ms: quantileMs(0.95),
      p99Ms: quantileMs(0.99),
      lossRate: wasUp ? this.#lossMs / this.#upMs : Number.NaN,
      burstPackets: this.#burstMs > 0 ? this.#burstPacketsMs / this.#burstMs : null,
      downShare: this.#downMs / (this.#upMs + this.#downMs),
      slotJumpMs: this.#jumps?.medianMs() ?? null,
      leastKbps: wasUp ? this.#leastKbps : Number.NaN,
      mostKbps: wasUp ? this.#mostKbps : Number.NaN,
    };
  }
}
