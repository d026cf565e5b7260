/** Lines of a log that cannot be read. */
export interface MissingLines {
  /** Events that the disk did not take. */
  readonly lost: number;
  /** Lines that are not events, such as lines cut off by a full disk or a killed process. */
  readonly torn: number;
}

/** Why no figure of the log may be used, a reason a line. */
export const missingFaults = ({ lost, torn }: MissingLines): readonly string[] => [
  ...(lost > 0 ? [`the disk did not take up to ${lost} events of the log`] : []),
  ...(torn > 0 ? [`${torn} lines of the log cannot be read`] : []),
];
