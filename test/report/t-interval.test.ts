import { expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { normalQuantile } from '../../core/stats/normal.ts';
import { tInterval } from '../../report/t-interval.ts';

test('five values give the interval that one computes by hand', () => {
  // Mean 3, s = sqrt(2.5), t(0.975, 4) = 2.776: 3 -+ 2.776 * sqrt(2.5 / 5).
  const { mean, ci95 } = tInterval([1, 2, 3, 4, 5])!;
  expect(mean).toBe(3);
  expect(ci95![0]).toBeCloseTo(3 - 2.7764 * Math.sqrt(0.5), 3);
  expect(ci95![1]).toBeCloseTo(3 + 2.7764 * Math.sqrt(0.5), 3);
});

test('one value has a mean and no interval, and none has nothing', () => {
  expect(tInterval([4])).toEqual({ mean: 4, ci95: null });
  expect(tInterval([])).toBe(null);
});

test('equal values have an interval without width', () => {
  expect(tInterval([7, 7, 7])).toEqual({ mean: 7, ci95: [7, 7] });
});

test.each([2, 3, 5, 12])(
  'over 4000 experiments of %d normal values, 95 %% of the intervals hold the true mean',
  (n) => {
    const rng = seededRng(1)(`experiments/${n}`);
    const experiments = 4000;
    let holding = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const values = Array.from({ length: n }, () => 100 + 15 * NORMALS[rng.below(NORMALS.length)]!);
      const [low, high] = tInterval(values)!.ci95!;
      if (low <= 100 && 100 <= high) holding++;
    }
    // Its own scatter is 0.34 percentage points.
    expect(holding / experiments).toBeGreaterThan(0.938);
    expect(holding / experiments).toBeLessThan(0.962);
  },
);

const NORMALS = Array.from({ length: 4001 }, (_, index) => normalQuantile((index + 0.5) / 4001));
