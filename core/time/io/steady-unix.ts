/**
 * Now, in milliseconds since 1970, by the monotonic clock: the wall clock is read once, when this process starts, so that a
 * later step of the wall clock does not move it. Instants of a run are differences of two of these. Only instants that processes
 * started at different times tell each other (the start of a run, how long it is recorded) are read from the wall clock itself.
 */
export const steadyUnixMs = (): number => performance.timeOrigin + performance.now();

/**
 * Converts a wall-clock instant named by another process to the monotonic clock of this one. The two differ when the wall clock
 * was set since this process started, so processes that hear of one instant at the same time agree on it.
 */
export const steadyOf = (wallUnixMs: number): number => {
  const stepMs = wallStepMs(Date.now, steadyUnixMs);
  return Math.abs(stepMs) > READING_MS ? wallUnixMs - stepMs : wallUnixMs;
};

/**
 * How far the wall clock is ahead of the monotonic one, in milliseconds. A process may be put to sleep between two readings, so the
 * wall clock is read between two readings of the other, and the closest pair of several counts.
 */
export const wallStepMs = (wallUnixMs: () => number, steadyMs: () => number): number => {
  let closestMs = Number.POSITIVE_INFINITY;
  let stepMs = 0;
  for (let reading = 0; reading < READINGS && closestMs > CLOSE_MS; reading++) {
    const beforeMs = steadyMs();
    const wallMs = wallUnixMs();
    const afterMs = steadyMs();
    if (afterMs - beforeMs >= closestMs) continue;
    closestMs = afterMs - beforeMs;
    stepMs = wallMs - (beforeMs + afterMs) / 2;
  }
  return stepMs;
};

const READINGS = 10;
const CLOSE_MS = 0.1;

/** The most that two readings of the clocks may differ by, one of them in whole milliseconds. */
export const READING_MS = 2;
