import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../../benchmarks/intervals/coverage.ts';
import { constantQueue, exponentialQueue, independent, type Process } from '../../../benchmarks/intervals/processes.ts';
import { seededRng } from '../../../core/random/rng.ts';
import { blockIntervals } from '../../../core/stats/block-interval.ts';
import { ascending, quantile } from '../../../core/stats/quantile.ts';
import { SlottedSamples } from '../../../core/stats/slotted-samples.ts';

const QUANTILES = [0.5, 0.99] as const;

const intervalsOf = (samples: SlottedSamples, slots: number) =>
  blockIntervals(samples, { seen: ascending(samples.values.filter(Number.isFinite)), slots, at: QUANTILES });

/** Coverage at the median and at p99 of experiments of one run. */
const within = (process: Process, { slots, experiments }: { readonly slots: number; readonly experiments: number }) => {
  const intervals = Array.from({ length: experiments }, (_, seed) =>
    intervalsOf(process.run(slots, seededRng(seed)('run')), slots),
  );
  return QUANTILES.map((p, index) =>
    coverageOf(
      intervals.map((of) => of[index]!),
      process.quantile(p),
    ),
  );
};

// The long version is `npm run bench:intervals`. With so few experiments 0.90 is as far below 0.95 as chance goes.
describe('intervals within a run hold the true value', () => {
  test.each([
    ['independent values', independent(3)],
    ['M/D/1 at 0.8', constantQueue(3, 0.8)],
    ['M/M/1 at 0.8', exponentialQueue(3, 0.8)],
  ])('of %s at the median', (_, process) => {
    const [median] = within(process, { slots: 80, experiments: 100 });
    expect(median!.given).toBeGreaterThan(90);
    expect(median!.held).toBeGreaterThanOrEqual(0.9);
    expect(median!.width).toBeLessThan(0.6);
  });

  test('of values that do not depend on each other at p99, and no wider than three times what theory needs', () => {
    const [, p99] = within(independent(3), { slots: 80, experiments: 100 });
    expect(p99!.given).toBeGreaterThan(90);
    expect(p99!.held).toBeGreaterThanOrEqual(0.9);
    // 3600 samples: 1.96 sqrt(p(1 - p)/n)/f on both sides, as a share of the quantile, is 0.24.
    expect(p99!.width).toBeLessThan(3 * 0.24);
  });

  test('or are not given: few minutes of a busy queue say too little of its p99', () => {
    const [, p99] = within(exponentialQueue(3, 0.8), { slots: 40, experiments: 40 });
    expect(p99!.tooLow + p99!.tooHigh).toBeLessThan(0.06);
    expect(p99!.given).toBeLessThan(10);
  });
});

test('dependence makes an interval wider: each value sixteen times in a row counts once', () => {
  const rng = seededRng(1)('values');
  const [once, often] = [new SlottedSamples(), new SlottedSamples()];
  for (let index = 0; index < 16_000; index++) {
    const value = rng.next();
    once.add(value, Math.floor(index / 200));
    if (index % 16 === 0) for (let again = 0; again < 16; again++) often.add(value, Math.floor(index / 200));
  }
  const width = (samples: SlottedSamples): number => {
    const [low, high] = intervalsOf(samples, 80)[0]!;
    return high - low;
  };
  expect(width(often) / width(once)).toBeGreaterThan(2.5);
  expect(width(often) / width(once)).toBeLessThan(6);
});

test('an interval holds the quantile that was seen, and grows with what was censored above it', () => {
  let [runs, given] = [0, 0];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 100 }), (seed, censored) => {
      const rng = seededRng(seed)('values');
      const samples = new SlottedSamples();
      for (let index = 0; index < 4000; index++) samples.add(rng.next(), Math.floor(index / 100));
      for (let index = 0; index < censored; index++) samples.add(Number.POSITIVE_INFINITY, rng.below(40));
      const [median, p99] = intervalsOf(samples, 40);
      const all = ascending(samples.values);
      for (const [p, interval] of [
        [0.5, median],
        [0.99, p99],
      ] as const) {
        if (interval === null || interval === undefined) continue;
        expect(interval[0]).toBeLessThanOrEqual(quantile(all, p));
        expect(interval[1]).toBeGreaterThanOrEqual(quantile(all, p));
        expect(Number.isFinite(interval[1])).toBe(true);
      }
      runs++;
      if (median !== null) given++;
      if (censored > 60) expect(p99).toBe(null); // 1.5 % are above everything
    }),
    { numRuns: 30 },
  );
  // Independent values look dependent by chance now and then: 15 of 20,000 such runs have no interval.
  expect(given / runs).toBeGreaterThan(0.8);
});

test('a run of few slots, of none, and one whose blocks drift together have no interval', () => {
  const samples = new SlottedSamples();
  for (let index = 0; index < 8000; index++) samples.add(index, Math.floor(index / 100)); // it only grows
  expect(intervalsOf(samples, 80)).toEqual([null, null]);
  const few = independent(20).run(19, seededRng(1)('few'));
  expect(intervalsOf(few, 19)).toEqual([null, null]);
  expect(intervalsOf(new SlottedSamples(), 80)).toEqual([null, null]);
});

test('values that are all alike have an interval of no width', () => {
  const samples = new SlottedSamples();
  for (let index = 0; index < 8000; index++) samples.add(7, Math.floor(index / 100));
  expect(intervalsOf(samples, 80)).toEqual([
    [7, 7],
    [7, 7],
  ]);
});
