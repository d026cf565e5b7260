/** How commands end. */
export const EXIT = {
  done: 0,
  /** The run failed, or its result is not valid. */
  failed: 1,
  /** The user's input is wrong. */
  wrongInput: 2,
  /** A disk did not take all of the results; what there is was reported. */
  diskFull: 3,
  /** Nothing can be said of what was asked: what was measured is too noisy for it, or not valid. */
  noVerdict: 4,
  /** Ctrl-C or SIGTERM. */
  stopped: 130,
} as const;
