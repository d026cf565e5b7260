import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparedRows } from '../../../benchmarks/suites/compared-rows.ts';
import type { SuiteResult, SuiteRow } from '../../../benchmarks/suites/suite-result.ts';

const result = (values: Readonly<Record<string, number>>, isLowerBetter = true): SuiteResult => ({
  ...{ schema: 1, suite: 'micro', machine: 'm', loadAverage: [0, 0], date: '2026-01-01T00:00:00Z', commit: 'abc' },
  rows: Object.entries(values).map(([name, value]): SuiteRow => ({ case: name, unit: 'ns', value, isLowerBetter })),
});

const verdictOf = (here: readonly number[], there: readonly number[], isLowerBetter = true) =>
  comparedRows(
    here.map((value) => result({ a: value }, isLowerBetter)),
    there.map((value) => result({ a: value }, isLowerBetter)),
  )[0]!.verdict;

describe('figures of two commits', () => {
  test('are better or worse where the whole interval of their ratio is on one side', () => {
    expect(verdictOf([100, 101, 102, 99], [200, 201, 203, 198])).toBe('better');
    expect(verdictOf([100, 101, 102, 99], [200, 201, 203, 198], false)).toBe('worse');
    expect(verdictOf([200, 201, 203, 198], [100, 101, 102, 99])).toBe('worse');
    expect(verdictOf([100, 150, 90, 120], [110, 100, 130, 95])).toBe('no difference shown');
  });

  test('have no verdict where there is one measurement of each, or where one is 0', () => {
    expect(comparedRows([result({ a: 100 })], [result({ a: 200 })])).toMatchObject([
      { here: 100, there: 200, ratio: { value: 0.5, low: null, pairs: 1 }, verdict: '' },
    ]);
    expect(comparedRows([result({ a: 0 }), result({ a: 0 })], [result({ a: 200 }), result({ a: 200 })])).toMatchObject([
      { ratio: null, verdict: '' },
    ]);
  });

  test('are only those that both have', () => {
    expect(comparedRows([result({ a: 1, b: 2 })], [result({ b: 4, c: 5 })]).map((row) => row.case)).toEqual(['b']);
  });

  test('have the inverse ratio when the two are swapped', () => {
    const times = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(times, times, (one, other) => {
        const [a, b] = [one, other].map((all) => all.map((value) => result({ a: value })));
        const [there, back] = [comparedRows(a!, b!)[0]!.ratio!, comparedRows(b!, a!)[0]!.ratio!];
        expect(there.value * back.value).toBeCloseTo(1, 9);
        expect(there.low! * back.high!).toBeCloseTo(1, 6);
      }),
    );
  });
});
