import { describe, expect, test } from 'vitest';
import { exponential, gamma, lognormal, normal } from '../../../core/random/distributions.ts';
import { drawAt, type Rng, seededRng, streamKey } from '../../../core/random/rng.ts';
import { ascending, mean, quantile } from '../../../core/stats/quantile.ts';

const draws = (rng: Rng, count: number, draw: (rng: Rng) => number = (r) => r.next()): number[] =>
  Array.from({ length: count }, () => draw(rng));

describe('named random streams', () => {
  test('a stream repeats for the same seed and name, and differs from every other stream', () => {
    const source = seededRng(7);
    expect(draws(source('arrivals'), 50)).toEqual(draws(seededRng(7)('arrivals'), 50));
    expect(draws(source('arrivals'), 50)).not.toEqual(draws(source('policy'), 50));
    expect(draws(source('arrivals'), 50)).not.toEqual(draws(seededRng(8)('arrivals'), 50));
  });

  test('drawing from one stream does not change another', () => {
    const source = seededRng(7);
    const untouched = draws(source('policy'), 10);
    draws(source('arrivals'), 1000);
    expect(draws(source('policy'), 10)).toEqual(untouched);
  });

  test('draws are uniform: ten bins of 100,000 draws pass a chi-squared test at 0.1 %', () => {
    const bins = new Array<number>(10).fill(0);
    const rng = seededRng(1)('uniform');
    for (let index = 0; index < 100_000; index++) bins[rng.below(10)]!++;
    const chiSquared = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquared).toBeLessThan(27.88); // 9 degrees of freedom
  });

  test('stateless draws are also uniform, over neighbouring indexes', () => {
    const key = streamKey('link/x');
    const bins = new Array<number>(10).fill(0);
    for (let index = 0; index < 100_000; index++) bins[Math.floor(drawAt(key, index) * 10)]!++;
    expect(bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.88);
  });

  test('distributions have the moments that they should have', () => {
    const rng = seededRng(3)('moments');
    expect(mean(draws(rng, 100_000, (r) => exponential(r, 5)))).toBeCloseTo(5, 1);
    const normals = draws(rng, 100_000, normal);
    expect(mean(normals)).toBeCloseTo(0, 1);
    expect(mean(normals.map((x) => x * x))).toBeCloseTo(1, 1);
    const skewed = ascending(draws(rng, 100_000, (r) => lognormal(r, { median: 20, sigma: 0.5 })));
    expect(quantile(skewed, 0.5)).toBeCloseTo(20, 0);
  });

  test.each([0.1, 0.7, 1, 5])('a gamma of shape %d has it as its mean and its variance', (shape) => {
    const values = draws(seededRng(3)('gamma'), 100_000, (r) => gamma(r, shape));
    const middle = mean(values);
    expect(middle / shape).toBeCloseTo(1, 1);
    expect(mean(values.map((x) => (x - middle) ** 2)) / shape).toBeCloseTo(1, 1);
  });
});
