/** A process that did nothing for this long was paused or starved: measurements of that time do not describe the scenario. */
const STILL_MS = 1000;

/** Calls `onTick` every `everyMs`. When the process did not run for a second, calls `onStill` with a reason first. */
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
