import { betaQuantile } from './beta.ts';
import { type BlockCounts, blockScatter, countsBySlot, inPairs } from './block-counts.ts';
import { normalQuantile } from './normal.ts';
import { rankedQuantile } from './ranked-quantile.ts';
import type { SampleColumns } from './slotted-samples.ts';
import { studentT } from './student-t.ts';

/**
 * The interval that holds the true `p` quantile of a process with 95 %, from one run of it over `slots` slots of time, for each `p`;
 * null where the run is too short to tell, or the upper end falls among censored samples. `seen` are the samples that are not censored,
 * ascending. Neighbours depend on each other, so samples count for as many as independent ones with the same scatter
 * between blocks of time would: the README has the method, and in how many experiments intervals held the true value.
 */
export const blockIntervals = <P extends number>(
  samples: SampleColumns,
  { seen, slots, at }: { readonly seen: Float64Array; readonly slots: number; readonly at: readonly P[] },
): readonly (readonly [number, number] | null)[] => {
  const n = samples.values.length;
  if (slots < LEAST_SLOTS || n === 0) return at.map(() => null);
  const thresholds = LADDER.map((p) => rankedQuantile(seen, n, p) ?? Number.POSITIVE_INFINITY);
  const counts = countsBySlot(samples, slots, thresholds);
  const effective = counts.map((of) => effectiveSamples(of, n));
  const [median] = effective;
  if (!median!.isSettled) return at.map(() => null);
  return at.map((p) => {
    // Above a high threshold there are few samples, which may look independent by chance: lower ones count too.
    const upTo = effective.filter((_, index) => LADDER[index]! <= Math.max(p, LADDER[0]));
    const least = (of: 'usual' | 'cautious'): number => Math.min(...upTo.map((each) => each[of]));
    if (median!.usual * Math.min(p, 1 - p) < LEAST_EFFECTIVE) return null;
    const high = shareLimit(1 - p, least('usual'), 'upper');
    const low = shareLimit(1 - p, least('cautious'), 'lower');
    if (low * n < 1) return null;
    const [from, to] = [rankedQuantile(seen, n, 1 - high), rankedQuantile(seen, n, 1 - low)];
    return from === null || to === null ? null : [from, to];
  });
};

/** The shares at which scatter is measured. */
const LADDER = [0.5, 0.75, 0.9, 0.95, 0.98, 0.99] as const;

/** With fewer slots there are too few blocks. */
const LEAST_SLOTS = 20;

/** Blocks are made longer while there are so many. */
const LEAST_BLOCKS = 10;

/** So many samples a run must count for on each side of a quantile. Judged at the median, which is known well in quiet runs too. */
const LEAST_EFFECTIVE = 10;

interface EffectiveSamples {
  /** How many independent samples would say as much. */
  readonly usual: number;
  /** The same when a block as bad as the worst was missed by chance. */
  readonly cautious: number;
  /** Whether the longest blocks are long enough to be independent of each other. */
  readonly isSettled: boolean;
}

/** Over blocks of one slot, of two, of four, ...: the least of them, as dependence may last for longer than short blocks. */
const effectiveSamples = (bySlot: BlockCounts, n: number): EffectiveSamples => {
  let [usual, cautious, isSettled] = [n, n, true];
  for (let of = bySlot; of.all.length >= LEAST_BLOCKS; of = inPairs(of)) {
    const scatter = blockScatter(of);
    const blocks = of.all.length;
    // Few blocks say little of the scatter. Source: E. L. Korn and B. I. Graubard, Survey Methodology, 1998.
    const known = (normalQuantile(0.975) / studentT(0.95, blocks - 1)) ** 2;
    const independent = scatter.share * (1 - scatter.share);
    if (scatter.variance > 0) usual = Math.min(usual, (independent / scatter.variance) * known);
    if (scatter.cautious > 0) cautious = Math.min(cautious, (independent / scatter.cautious) * known);
    isSettled = scatter.correlation < 2 / Math.sqrt(blocks);
  }
  return { usual, cautious, isSettled };
};

/** One end of the exact 95 % interval of a share that was seen in `n` samples. Source: Clopper and Pearson, Biometrika, 1934. */
const shareLimit = (share: number, n: number, end: 'lower' | 'upper'): number => {
  const count = share * n;
  return end === 'lower' ? betaQuantile(0.025, count, n - count + 1) : betaQuantile(0.975, count + 1, n - count);
};
