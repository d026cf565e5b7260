import { describe, expect, it } from 'vitest';
import { pairedDifference, pairedRatio } from '../../../benchmarks/peers/paired.ts';
import { studentQuantile } from '../../../core/stats/student.ts';

describe('studentQuantile', () => {
  // Source: the table of Student's t in Abramowitz and Stegun, 26.10.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [5, 2.571],
    [9, 2.262],
    [29, 2.045],
  ])('of 97.5 %% with %i degrees of freedom is %d', (freedom, tabled) => {
    expect(studentQuantile(0.975, freedom) / tabled).toBeCloseTo(1, 2.5);
  });

  it('is symmetric', () => {
    expect(studentQuantile(0.1, 4)).toBeCloseTo(-studentQuantile(0.9, 4), 6);
  });
});

describe('pairedRatio', () => {
  it('is the geometric mean, so that a ratio and its inverse cancel', () => {
    const ratio = pairedRatio([
      [2, 1],
      [1, 2],
    ]);
    expect(ratio?.value).toBeCloseTo(1, 12);
    expect(ratio?.pairs).toBe(2);
  });

  it('has no width where all pairs say the same', () => {
    const ratio = pairedRatio([
      [3, 2],
      [6, 4],
      [30, 20],
    ]);
    for (const figure of [ratio?.value, ratio?.low, ratio?.high]) expect(figure).toBeCloseTo(1.5, 12);
  });

  it('has the t interval of the logarithms', () => {
    const half = (4.303 * 0.1) / Math.sqrt(3); // their standard deviation is 0.1
    const ratio = pairedRatio([
      [Math.exp(-0.1), 1],
      [1, 1],
      [Math.exp(0.1), 1],
    ]);
    expect(ratio?.low).toBeCloseTo(Math.exp(-half), 4);
    expect(ratio?.high).toBeCloseTo(Math.exp(half), 4);
  });

  it('has no interval with one pair, and no value with none', () => {
    expect(pairedRatio([[2, 1]])).toEqual({ value: 2, low: null, high: null, pairs: 1 });
    expect(pairedRatio([])).toBeNull();
  });
});

describe('pairedDifference', () => {
  const differences = (values: readonly number[]) => pairedDifference(values.map((value) => [value, 0]));

  it('is the median, which one disturbed round does not move', () => {
    expect(differences([1, 2, 3, 4, 1000])?.value).toBe(3);
  });

  // Of 10 values the median is below the second least with a chance of 11 in 1024, of 6 below the least with 1 in 64.
  it('lies between the ranks outside of which the median is with at most 5 %', () => {
    expect(differences([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toMatchObject({ low: 2, high: 9 });
    expect(differences([6, 5, 4, 3, 2, 1])).toMatchObject({ low: 1, high: 6 });
    expect(differences([5, 4, 3, 2, 1])).toMatchObject({ low: null, high: null });
  });
});
