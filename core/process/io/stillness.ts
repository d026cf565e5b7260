/** A process that did nothing for as long was paused or starved, and what was measured meanwhile is not the scenario. */
const STILL_MS = 1000;

/** Calls `onTick` every `everyMs`, and before it `onStill` with a reason when the process stood still for a second. */
export const watchStillness = (
  everyMs: number,
  onTick: () => void,
  onStill: (reason: string) => void,
): NodeJS.Timeout => {
  let tickedAtMs = performance.now();
  return setInterval(() => {
    const stillMs = performance.now() - tickedAtMs;
    tickedAtMs += stillMs;
    if (stillMs > STILL_MS) onStill(`stood still for ${(stillMs / 1000).toFixed(1)} s`);
    onTick();
  }, everyMs);
};
