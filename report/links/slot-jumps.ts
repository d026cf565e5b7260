import { Histogram } from '../../core/stats/histogram.ts';
import type { Ms } from '../../core/time/clock.ts';

/** When slots start, in run time: at `offsetMs`, and every `periodMs` before and after. */
export interface SlotPeriod {
  readonly periodMs: Ms;
  readonly offsetMs: Ms;
}

/** Change of the median delay from one slot to the next. Keeps the intervals of one slot only. */
export class SlotJumps {
  readonly #slots: SlotPeriod;
  readonly #jumps = new Histogram();
  #slot = Number.NaN;
  #stretches: { readonly lengthMs: number; readonly delayUs: number }[] = [];
  #previousUs = Number.NaN;

  constructor(slots: SlotPeriod) {
    this.#slots = slots;
  }

  /** Intervals must come in order of time. One that crosses a boundary counts for the slot in which it begins. */
  add(fromMs: Ms, lengthMs: Ms, delayUs: number): void {
    const slot = Math.floor((fromMs - this.#slots.offsetMs) / this.#slots.periodMs);
    if (slot !== this.#slot) this.#close();
    this.#slot = slot;
    this.#stretches.push({ lengthMs, delayUs });
  }

  /** Null until there are two slots. */
  medianMs(): number | null {
    this.#close();
    return this.#jumps.count === 0 ? null : this.#jumps.quantileUs(0.5) / 1000;
  }

  #close(): void {
    if (this.#stretches.length === 0) return;
    const medianUs = weightedMedian(this.#stretches);
    if (!Number.isNaN(this.#previousUs)) this.#jumps.record(Math.abs(medianUs - this.#previousUs));
    this.#previousUs = medianUs;
    this.#stretches = [];
  }
}

const weightedMedian = (stretches: { readonly lengthMs: number; readonly delayUs: number }[]): number => {
  stretches.sort((a, b) => a.delayUs - b.delayUs);
  let leftMs = stretches.reduce((sum, { lengthMs }) => sum + lengthMs, 0) / 2;
  for (const { lengthMs, delayUs } of stretches) {
    leftMs -= lengthMs;
    if (leftMs <= 0) return delayUs;
  }
  return stretches.at(-1)!.delayUs;
};
