/** A step of successive halving. */
export interface Rung {
  /** How many seeds a candidate has met after it. */
  readonly until: number;
  /** The share of the candidates that get so far. */
  readonly share: number;
}

/** One seed for all, two for half of them, four for a quarter, ... `seeds` for the last. */
export const rungsOf = (seeds: number): readonly Rung[] => {
  const rungs: Rung[] = [];
  for (let until = 1, share = 1; ; until *= 2, share /= 2) {
    rungs.push({ until: Math.min(until, seeds), share });
    if (until >= seeds) return rungs;
  }
};

/** How many simulations so many candidates take. */
export const bracketCost = (candidates: number, rungs: readonly Rung[]): number =>
  rungs.reduce((sum, { until, share }, index) => {
    const before = rungs[index - 1]?.until ?? 0;
    return sum + (until - before) * (candidates === 0 ? 0 : Math.max(1, Math.ceil(candidates * share)));
  }, 0);
