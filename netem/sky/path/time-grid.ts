import type { Ms } from '../../../core/time/clock.ts';

/** Divides time into numbered intervals: `startMs(indexAt(t)) <= t < startMs(indexAt(t) + 1)`, exactly. */
export interface TimeGrid {
  indexAt(atMs: Ms): number;
  startMs(index: number): Ms;
}

/** How long a terminal keeps its satellite. */
export const SLOT_MS = 15_000;

/** Slots start at :12, :27, :42 and :57 of every minute, everywhere. Source: Tanveer and others, CoNEXT-C 2023. */
const SLOT_PHASE_MS = 12_000;

/** The slots of the constellation, numbered from 1970, in the time of a run that starts at `epochUnixMs`. */
export const slotGrid = (epochUnixMs: number): TimeGrid => {
  const startMs = (index: number): Ms => index * SLOT_MS + SLOT_PHASE_MS - epochUnixMs;
  return {
    startMs,
    indexAt: (atMs) => settle(Math.floor((atMs + epochUnixMs - SLOT_PHASE_MS) / SLOT_MS), atMs, startMs),
  };
};

/** The steps at which geometry is computed again. */
export interface StepGrid extends TimeGrid {
  readonly stepsPerSlot: number;
  /** The slot that a step is in. */
  slotOf(index: number): number;
}

/** Divides every slot into steps of `stepMs`, from its start; the last step may be shorter. */
export const stepGrid = (slots: TimeGrid, stepMs: number): StepGrid => {
  const stepsPerSlot = Math.ceil(SLOT_MS / stepMs);
  const slotOf = (index: number): number => Math.floor(index / stepsPerSlot);
  const startMs = (index: number): Ms => {
    const slot = slotOf(index);
    return slots.startMs(slot) + (index - slot * stepsPerSlot) * stepMs;
  };
  return {
    stepsPerSlot,
    slotOf,
    startMs,
    indexAt(atMs) {
      const slot = slots.indexAt(atMs);
      return settle(slot * stepsPerSlot + Math.floor((atMs - slots.startMs(slot)) / stepMs), atMs, startMs);
    },
  };
};

/** Corrects rounding: the division can give the interval next to the right one. */
const settle = (index: number, atMs: Ms, startMs: (index: number) => Ms): number => {
  if (atMs < startMs(index)) return index - 1;
  return atMs < startMs(index + 1) ? index : index + 1;
};
