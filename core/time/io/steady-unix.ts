/**
 * Now, in milliseconds since 1970, by the monotonic clock: read from the wall clock once, when this process started, so that a
 * step of the wall clock later does not move it. Instants of a run are differences of two of these; only what processes that
 * started at different times tell each other in files (see `RunFolder`) is read from the wall clock itself.
 */
export const steadyUnixMs = (): number => performance.timeOrigin + performance.now();

/** How far the wall clock has moved against `steadyUnixMs` since this process started, in milliseconds. */
export const wallClockStepMs = (wallUnixMs = Date.now()): number => wallUnixMs - steadyUnixMs();
