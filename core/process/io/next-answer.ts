/** Waits until `stateOf` differs from what was last told, or for `holdMs`; at once the first time. Not told to an asker that is gone. */
export type NextAnswer = (stateOf: () => string, asker: { readonly destroyed: boolean }) => Promise<void>;

/**
 * For an asker that has no memory and costs something to start, such as a health check of Docker: it hears of a change as it
 * happens, and otherwise is not started again for a while. One that did not come for `missedMs` could not ask meanwhile, as where the
 * container was paused, and may have taken that for an answer: it is told at once.
 */
export const nextAnswer = ({ holdMs = HOLD_MS, lookMs = LOOK_MS, missedMs = MISSED_MS } = {}): NextAnswer => {
  let told: string | null = null;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return async (stateOf, asker) => {
    if (performance.now() - toldAtMs > missedMs) told = null;
    const untilMs = performance.now() + holdMs;
    while (stateOf() === told && performance.now() < untilMs && !asker.destroyed) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    if (asker.destroyed) return;
    told = stateOf();
    toldAtMs = performance.now();
  };
};

const HOLD_MS = 12_000;
const LOOK_MS = 250;
const MISSED_MS = 6000;
