import type { SampleColumns } from './slotted-samples.ts';

/** How many samples are above a threshold, and how many there are, by blocks of time of equal length. */
export interface BlockCounts {
  readonly above: Float64Array;
  readonly all: Float64Array;
}

/** Counts by slot, from 0 to `slots` (exclusive), one result a threshold. Samples of later slots count in the last. */
export const countsBySlot = (
  samples: SampleColumns,
  slots: number,
  thresholds: readonly number[],
): readonly BlockCounts[] => {
  const all = new Float64Array(slots);
  const above = thresholds.map(() => new Float64Array(slots));
  const { values, slots: slotOf } = samples;
  for (let index = 0; index < values.length; index++) {
    const slot = Math.min(slotOf[index]!, slots - 1);
    all[slot] = all[slot]! + 1;
    for (let which = 0; which < thresholds.length; which++) {
      if (values[index]! > thresholds[which]!) above[which]![slot] = above[which]![slot]! + 1;
    }
  }
  return above.map((counts) => ({ above: counts, all }));
};

/** Two blocks as one each; of an odd number the last three. */
export const inPairs = ({ above, all }: BlockCounts): BlockCounts => {
  return { above: sumsOfPairs(above), all: sumsOfPairs(all) };
};

/** The sums of each two blocks; of an odd number the last three are one. */
export const sumsOfPairs = (blocks: Float64Array): Float64Array<ArrayBuffer> => {
  const sums = new Float64Array(Math.floor(blocks.length / 2));
  for (let block = 0; block < blocks.length; block++) {
    const pair = Math.min(block >> 1, sums.length - 1);
    sums[pair] = sums[pair]! + blocks[block]!;
  }
  return sums;
};

/** How the share above a threshold scatters, as blocks of a run show it. */
export interface BlockScatter {
  /** The share of all samples that is above. */
  readonly share: number;
  /** The variance of that share. */
  readonly variance: number;
  /** That with one more block as bad as the worst. */
  readonly cautious: number;
  /** Correlation of neighbouring blocks, -1 to 1. */
  readonly correlation: number;
}

/** Residuals of blocks against the common share, as for a ratio. Source: W. G. Cochran, Sampling Techniques, 1977, 6.3. */
export const blockScatter = ({ above, all }: BlockCounts): BlockScatter => {
  const blocks = all.length;
  let [total, high] = [0, 0];
  for (let block = 0; block < blocks; block++) {
    total += all[block]!;
    high += above[block]!;
  }
  const share = high / total;
  let [squares, products, worst, before] = [0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const residual = above[block]! - share * all[block]!;
    squares += residual * residual;
    products += before * residual;
    worst = Math.max(worst, residual);
    before = residual;
  }
  const variance = (squares * blocks) / (blocks - 1) / total ** 2;
  return {
    share,
    variance,
    cautious: variance + (worst / total) ** 2,
    correlation: squares === 0 ? 0 : products / squares,
  };
};
