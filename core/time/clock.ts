/** Milliseconds since the start of the run; fractions count. */
export type Ms = number;

/** Cancels a callback that has not run yet; calling it again, or after the callback ran, does nothing. */
export type Cancel = () => void;

/**
 * Time, passed to everything that needs it, so that the same object runs in a simulation and on the wall clock.
 *
 * A callback never runs before it is due and never inside `at`; callbacks due at one instant run in the order they were
 * set. It gets the time it was *due*, and chains from that: chaining from `now()` adds up the lateness of a real clock.
 */
export interface Clock {
  now(): Ms;
  at(atMs: Ms, fn: (dueMs: Ms) => void): Cancel;
}
