/** One measured operation: `run` does it once, or `operations` times where one takes less than the clock costs. */
export interface Case {
  readonly name: string;
  readonly operations?: number;
  readonly run: () => void;
}

/** Cases write their results here, so that the compiler cannot remove the work. */
export const sink = { value: 0 };
