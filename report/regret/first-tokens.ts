import { SLOT_MS } from '../../netem/sky/path/time-grid.ts';
import { ttftMs } from '../request-table.ts';
import type { RunTally } from '../run-tally.ts';

/** When each request of a run had its first token, by its number: what regret is computed from. It can be passed between threads. */
export interface FirstTokens {
  readonly variant: string;
  readonly policy: string;
  readonly seed: number;
  /** Infinity: it never came. NaN: the request was not measured. */
  readonly ttftMs: Float64Array;
  /** The slot of 15 s since the end of the warm-up that it was intended in. */
  readonly slots: Uint32Array;
  /** How many whole slots were measured. */
  readonly wholeSlots: number;
  /** Whether requests followed answers: then a number stands for another time, and another load, under each policy. */
  readonly followAnswers: boolean;
}

export const firstTokensOf = ({ run, requests, measuredMs, followed }: RunTally): FirstTokens => {
  const { variant, policy, seed } = run.key;
  const [ttft, slots] = [new Float64Array(requests.length).fill(Number.NaN), new Uint32Array(requests.length)];
  for (const record of requests.records()) {
    if (!(record.intendedAtMs >= run.warmUpMs)) continue;
    const ms = ttftMs(record);
    ttft[record.request] = Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
    slots[record.request] = Math.floor((record.intendedAtMs - run.warmUpMs) / SLOT_MS);
  }
  const wholeSlots = Math.floor(measuredMs / SLOT_MS);
  return { variant, policy, seed, ttftMs: ttft, slots, wholeSlots, followAnswers: followed > 0 };
};
