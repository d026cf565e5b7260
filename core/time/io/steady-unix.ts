/**
 * Now, in milliseconds since 1970, by the monotonic clock: read from the wall clock once, when this process started, so that a
 * step of the wall clock later does not move it. Instants of a run are differences of two of these; only what processes that
 * started at different times tell each other (when a run starts, how long it is recorded) is read from the wall clock itself.
 */
export const steadyUnixMs = (): number => performance.timeOrigin + performance.now();

/**
 * An instant of the wall clock that another process names, by the steady clock of this one. The two differ where the wall clock
 * was set since this process started, so that processes that hear of one instant at one time mean the same by it.
 */
export const steadyOf = (wallUnixMs: number): number => {
  const stepMs = Date.now() - steadyUnixMs();
  return Math.abs(stepMs) > READING_MS ? wallUnixMs - stepMs : wallUnixMs;
};

/** What reading two clocks, one of them in whole milliseconds, may differ by. */
export const READING_MS = 2;
