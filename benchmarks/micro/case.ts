/** One thing that is measured: `run` does it once. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
}

/** What cases take and give back goes here, so that no compiler can leave the work out. */
export const sink = { value: 0 };
