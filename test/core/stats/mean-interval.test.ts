import { expect, test } from 'vitest';
import { exponentialQueue, type Process } from '../../../benchmarks/intervals/processes.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { meanInterval } from '../../../core/stats/mean-interval.ts';

/** Of an exponential distribution, as the time in an M/M/1 queue is. */
const meanOf = (process: Process): number => process.quantile(1 - Math.exp(-1));

test('an interval within a run holds the true mean of a busy queue, and is not given for few slots', () => {
  const process = exponentialQueue(3, 0.8);
  const intervals = Array.from({ length: 100 }, (_, seed) =>
    meanInterval(process.run(120, seededRng(seed)('run')), 120),
  ).filter((interval) => interval !== null);
  expect(intervals.length).toBeGreaterThan(60);
  const held = intervals.filter(([low, high]) => low <= meanOf(process) && meanOf(process) <= high);
  // 0.95, less what chance takes from so few experiments, and the skew of a queue.
  expect(held.length / intervals.length).toBeGreaterThanOrEqual(0.85);
  expect(meanInterval(process.run(19, seededRng(1)('run')), 19)).toBeNull();
});

test('an interval of a constant has no width, and a censored value leaves none', () => {
  const slots = Uint32Array.from({ length: 40 }, (_, slot) => slot);
  expect(meanInterval({ values: new Float64Array(40).fill(7), slots }, 40)).toEqual([7, 7]);
  const values = new Float64Array(40).fill(7);
  values[3] = Number.POSITIVE_INFINITY;
  expect(meanInterval({ values, slots }, 40)).toBeNull();
});
