import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ascending, quantile } from '../../core/stats/quantile.ts';
import { distribution } from '../../report/distribution.ts';

describe('a distribution with censored values', () => {
  const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

  test('has the percentiles of the same samples with the censored ones at infinity, and null where that is one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 200 }),
        fc.nat(50),
        (samples, censored) => {
          const figures = distribution(samples, censored);
          const all = ascending([...samples, ...Array<number>(censored).fill(1e300)]);
          for (const [key, p] of Object.entries(PERCENTILES)) {
            const expected = quantile(all, p);
            const figure = figures[key as keyof typeof PERCENTILES];
            if (figure === null) expect(Number.isNaN(expected) || expected > 1e250).toBe(true);
            else expect(figure).toBeCloseTo(expected, 3);
          }
          expect([figures.n, figures.censored]).toEqual([samples.length + censored, censored]);
        },
      ),
    );
  });

  test('has no mean, and the largest that was seen', () => {
    expect(distribution([1, 5, 3], 1)).toMatchObject({ mean: null, max: 5 });
    expect(distribution([1, 5, 3])).toMatchObject({ mean: 3, max: 5 });
  });

  test('skips values that are not a number', () => {
    expect(distribution([1, Number.NaN])).toMatchObject({ n: 1, censored: 0, p99: 1 });
  });
});
