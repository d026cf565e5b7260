import { sumsOfPairs } from './block-counts.ts';
import type { SampleColumns } from './slotted-samples.ts';
import { studentT } from './student-t.ts';

/** With fewer slots there are too few blocks. */
const LEAST_SLOTS = 20;

/** Blocks are made longer while there are so many. */
const LEAST_BLOCKS = 10;

/**
 * The interval that holds the true mean of a process with 95 %, from one run of it over `slots` slots of time; null where the run is too short to
 * tell. Neighbours depend on each other, so means of blocks of one slot, of two, of four, ... are compared: the widest of their intervals counts.
 * Source: batch means, as a ratio of sums: W. G. Cochran, Sampling Techniques, 1977, 6.3.
 */
export const meanInterval = (
  { values, slots: slotOf }: SampleColumns,
  slots: number,
): readonly [number, number] | null => {
  if (slots < LEAST_SLOTS || values.length === 0) return null;
  let [sums, counts] = [new Float64Array(slots), new Float64Array(slots)];
  for (let index = 0; index < values.length; index++) {
    const slot = Math.min(slotOf[index]!, slots - 1);
    sums[slot] = sums[slot]! + values[index]!;
    counts[slot] = counts[slot]! + 1;
  }
  const n = values.length;
  const mean = sums.reduce((all, sum) => all + sum, 0) / n;
  if (!Number.isFinite(mean)) return null;
  let half = 0;
  let isSettled = false;
  for (; sums.length >= LEAST_BLOCKS; [sums, counts] = [sumsOfPairs(sums), sumsOfPairs(counts)]) {
    const blocks = sums.length;
    let [squares, products, before] = [0, 0, 0];
    for (let block = 0; block < blocks; block++) {
      const residual = sums[block]! - mean * counts[block]!;
      squares += residual * residual;
      products += before * residual;
      before = residual;
    }
    half = Math.max(half, (studentT(0.95, blocks - 1) * Math.sqrt((squares * blocks) / (blocks - 1))) / n);
    isSettled = squares === 0 || products / squares < 2 / Math.sqrt(blocks);
  }
  return isSettled ? [mean - half, mean + half] : null;
};
