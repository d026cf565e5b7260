/** How commands end. */
export const EXIT = {
  done: 0,
  /** The run failed, or its result is not valid. */
  failed: 1,
  /** The user's input is wrong. */
  wrongInput: 2,
  /** A disk did not take all of the results; what there is was reported. */
  diskFull: 3,
  /** Ctrl-C or SIGTERM. */
  stopped: 130,
} as const;
