import type { LinkModel } from '../../netem/links/model/link-model.ts';

const STEP_MS = 100;
const STEPS = 40;

/** A link that changes every 100 ms: its delay varies by up to a tenth of `delayMs` in both directions, in 40 steps. */
export const steppingLink = (delayMs: number): LinkModel => ({
  stateAt(atMs) {
    const step = Math.floor(atMs / STEP_MS);
    const swing = Math.sin((2 * Math.PI * step) / STEPS);
    return { up: true, delayUs: Math.round(delayMs * 1000 * (1 + swing / 10)), jitterUs: 0, lossRate: 0, rateKbps: 0 };
  },
  nextChangeAfter: (afterMs) => (Math.floor(afterMs / STEP_MS) + 1) * STEP_MS,
});
