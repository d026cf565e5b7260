import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalQuantile } from '../../../core/stats/normal.ts';
import { studentT, studentTWithin } from '../../../core/stats/student-t.ts';

// Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, critical values of Student's t.
test.each([
  [0.95, 1, 12.706],
  [0.95, 2, 4.303],
  [0.95, 3, 3.182],
  [0.95, 4, 2.776],
  [0.95, 9, 2.262],
  [0.95, 10, 2.228],
  [0.95, 29, 2.045],
  [0.95, 100, 1.984],
  [0.9, 5, 2.015],
  [0.99, 1, 63.657],
  [0.99, 10, 3.169],
  [0.99, 30, 2.75],
])('%d of the distribution with %d degrees of freedom lies within %d, as tables say', (within, freedom, t) => {
  expect(Math.abs(studentT(within, freedom) - t)).toBeLessThan(0.0006);
});

test('the share within t is 1/2 at the tabled quartile of one degree of freedom, and grows with t', () => {
  expect(studentTWithin(1, 1)).toBeCloseTo(0.5, 12); // the Cauchy distribution
  expect(studentTWithin(0, 7)).toBe(0);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0.01, max: 0.999, noNaN: true }),
      (freedom, within) => {
        const t = studentT(within, freedom);
        expect(studentTWithin(t, freedom)).toBeCloseTo(within, 9);
        expect(studentT(within, freedom + 1)).toBeLessThan(t); // lighter tails
        expect(t).toBeGreaterThan(normalQuantile((1 + within) / 2) - 1e-5); // heavier than those of a normal
      },
    ),
  );
});

test.each([0, -1, 2.5, Number.NaN])('%d degrees of freedom are a bug', (freedom) => {
  expect(() => studentT(0.95, freedom)).toThrow(/degrees of freedom/);
});
