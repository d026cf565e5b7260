/** One measured operation: `run` does it once. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
}

/** Cases write their results here, so that the compiler cannot remove the work. */
export const sink = { value: 0 };
