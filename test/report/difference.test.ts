import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allDifferences, differenceIn, differencesOf, differenceText, seedPairs } from '../../report/difference.ts';
import { metricNamed } from '../../report/metric.ts';
import { mergedSummary, summarise } from '../../report/summary.ts';
import { type RunResult, type Summary, summarySchema } from '../../report/summary-schema.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

const summaryOf = (seed: number, ttftMs: number, variant = 'a', isInterrupted = false): Summary => {
  const run = runEvent({ requests: 1 });
  return summarise(
    [{ ...run, key: { ...run.key, variant, seed } }, ...requestEvents(0, 2000, { ttftMs }), ended({ isInterrupted })],
    { machine: 'm' },
  );
};

const runOf = (...of: Parameters<typeof summaryOf>): RunResult => summaryOf(...of).runs[0]!;
const runs = (ttftMs: readonly number[], variant: string): readonly RunResult[] =>
  ttftMs.map((each, index) => runOf(index, each, variant));

const P50 = metricNamed('ttft.p50', '-');
const difference = (own: readonly number[], others: readonly number[]) =>
  differenceIn(P50, seedPairs(runs(own, 'b'), runs(others, 'a')));
const ten = (value: (index: number) => number): readonly number[] =>
  Array.from({ length: 10 }, (_, index) => value(index));

describe('two policies on one schedule', () => {
  test('differ by less than their own intervals show, because a hard seed is hard for both', () => {
    const found = difference(
      ten((index) => 100 + 50 * index - 30 - (index % 2)),
      ten((index) => 100 + 50 * index),
    );
    expect(found).toMatchObject({ n: 10, missing: 0, mean: -30.5, verdict: 'lower' });
    // sd of a half and half of 0 and 1 over ten is 0.527; t of nine degrees is 2.262.
    expect(found.ci95![1] - found.ci95![0]).toBeCloseTo((2 * 2.2622 * 0.527) / Math.sqrt(10), 3);
    expect(differenceText(P50, found)).toBe('p50 TTFT 30.5 ms lower, 95 % CI 30.1 to 30.9');
  });

  test('show no difference when the interval holds 0', () => {
    const found = difference(
      ten((index) => 100 + (index % 2 === 0 ? 5 : -4)),
      ten(() => 100),
    );
    expect(found.verdict).toBe('none-shown');
    expect(differenceText(P50, found)).toMatch(
      /^p50 TTFT: no difference shown \(\+0\.5 ms, 95 % CI -\d\.\d to \d\.\d\)$/,
    );
  });

  test('get no verdict below ten seeds: how many are missing is said', () => {
    const found = difference(
      [90, 91, 92, 93, 94, 95, 96, 97, 98],
      ten(() => 100),
    );
    expect(found).toMatchObject({ n: 9, mean: -6, verdict: 'too-few-seeds' });
    expect(differenceText(P50, found)).toBe('p50 TTFT -6.0 ms over 9, 1 more seed for a verdict');
    expect(differenceText(P50, difference([], []))).toBe('p50 TTFT: 10 more seeds for a verdict');
  });

  test('get no verdict where a figure is not known on one side', () => {
    const failing = runs(
      ten(() => 90),
      'b',
    ).map((run, index) =>
      index === 3 ? { ...run, figures: { ...run.figures, ttftMs: { ...run.figures.ttftMs, p50: null } } } : run,
    );
    const found = differenceIn(
      P50,
      seedPairs(
        failing,
        runs(
          ten(() => 100),
          'a',
        ),
      ),
    );
    expect(found).toEqual({ n: 10, missing: 1, mean: null, ci95: null, verdict: 'not-known' });
    expect(differenceText(P50, found)).toBe('p50 TTFT: no verdict, not known in 1 of 10 seeds');
  });

  test('are compared over whole runs under common seeds only', () => {
    const pairs = seedPairs(
      [runOf(1, 90, 'b'), runOf(2, 90, 'b', true), runOf(4, 90, 'b')],
      [runOf(4, 100), runOf(2, 100), runOf(1, 80)],
    );
    expect(pairs.map(([own, other]) => [own.key.seed, other.key.seed, other.figures.ttftMs.p50])).toEqual([
      [1, 1, 80],
      [4, 4, 100],
    ]);
  });

  test('the other way round differ by the opposite', () => {
    const opposite = { lower: 'higher', higher: 'lower', 'none-shown': 'none-shown' } as const;
    const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 10, maxLength: 12 });
    fc.assert(
      fc.property(values, values, (own, others) => {
        const [there, back] = [difference(own, others), difference(others, own)];
        expect(back.mean!).toBeCloseTo(-there.mean!, 9);
        expect(back.ci95!.map((end) => -end).reverse()).toEqual(there.ci95!.map((end) => expect.closeTo(end, 3)));
        if (there.ci95![0] !== there.ci95![1]) expect(back.verdict).toBe(opposite[there.verdict as 'lower']);
      }),
      { numRuns: 20 },
    );
  });
});

test('shares differ by points', () => {
  const pairs = seedPairs(
    runs(
      ten(() => 90),
      'b',
    ),
    runs(
      ten((index) => (index < 5 ? 90 : 150)),
      'a',
    ),
  );
  const attained = metricNamed('attained', '-');
  expect(differenceText(attained, differencesOf({ variant: 'b', against: 'a' }, pairs).metrics.attained!)).toMatch(
    /^attainment 50\.0 points higher, 95 % CI \d+\.\d to \d+\.\d$/,
  );
});

test('all pairs are in the summary of repetitions, and each variant against the first in the tables', () => {
  const all = [1, 2].flatMap((seed) => [summaryOf(seed, 100, 'a'), summaryOf(seed, 90, 'b'), summaryOf(seed, 80, 'c')]);
  const summary = mergedSummary(all, { runs: 6, repetitions: 2 });
  expect(summarySchema.parse(summary)).toEqual(summary);
  expect(summary.repetitions!.differences).toEqual(allDifferences(summary.runs));
  expect(allDifferences(summary.runs).map(({ variant, against }) => [variant, against])).toEqual([
    ['b', 'a'],
    ['c', 'a'],
    ['c', 'b'],
  ]);
  const text = terminalReport(summary).join('\n');
  expect(text).toMatch(/^Seed by seed, against a:\n {2}b +p50 TTFT -10\.0 ms over 2, 8 more seeds for a verdict$/m);
  expect(text.match(/p99 TTFT/g)).toHaveLength(2);
});
