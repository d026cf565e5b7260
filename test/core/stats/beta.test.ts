import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betaCdf, betaQuantile } from '../../../core/stats/beta.ts';

/** The chance of `least` or more heads in `tosses` of a coin that shows heads with `p`, added up term by term. */
const headsFrom = (least: number, tosses: number, p: number): number => {
  let sum = 0;
  let ways = 1;
  for (let heads = 0; heads <= tosses; heads++) {
    if (heads >= least) sum += ways * p ** heads * (1 - p) ** (tosses - heads);
    ways *= (tosses - heads) / (heads + 1);
  }
  return sum;
};

test('for whole parameters it is the tail of a binomial distribution', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (a, b, x) => {
        expect(betaCdf(x, a, b)).toBeCloseTo(headsFrom(a, a + b - 1, x), 10);
      },
    ),
  );
});

test('the quantile is where so much lies below, for fractions and large parameters too', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 1e5, noNaN: true }),
      fc.double({ min: 0.3, max: 1e5, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (a, b, below) => {
        const x = betaQuantile(below, a, b);
        fc.pre(x < 1 - 1e-9); // closer to 1 there are no digits left
        expect(betaCdf(x, a, b)).toBeCloseTo(below, 5);
      },
    ),
    { endOnFailure: true },
  );
});

// Source: Clopper and Pearson's 95 % limits of 10 out of 100, as R's binom.test(10, 100) prints them.
test('gives the exact limits of a share', () => {
  expect(betaQuantile(0.025, 10, 91)).toBeCloseTo(0.0490047, 7);
  expect(betaQuantile(0.975, 11, 90)).toBeCloseTo(0.1762226, 7);
});

test('ends at 0 and 1', () => {
  expect([betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaCdf(-1, 2, 3)]).toEqual([0, 1, 0]);
});
