import { expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import { mergedSummary, summarise } from '../../report/summary.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { summarySchema } from '../../report/summary-schema.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

/** A run of one request under `seed`, whose first token comes after about `ttftMs`; never for null. */
const runOf = (seed: number, ttftMs: number | null, { isInterrupted = false, variant = 'random' } = {}): Summary => {
  const run = runEvent({ requests: 1 });
  return summarise(
    [
      { ...run, key: { ...run.key, variant, seed } },
      ...requestEvents(0, 2000).flatMap((event): readonly Event[] => {
        if (event.kind !== 'first-token') return [event];
        return ttftMs === null ? [] : [{ ...event, atMs: 2000 + ttftMs }];
      }),
      ended({ isInterrupted }),
    ],
    { machine: 'm' },
  );
};

const metricsOf = (summary: Summary, variant = 'random') => summary.repetitions!.byVariant[variant]!;

test('repetitions have the mean of each metric over their seeds, with its interval', () => {
  const merged = mergedSummary([runOf(1, 100), runOf(2, 110), runOf(3, 120)], { runs: 3, repetitions: 3 });
  expect(summarySchema.parse(merged)).toEqual(merged);
  const { seeds, metrics } = metricsOf(merged);
  expect(seeds).toEqual([1, 2, 3]);
  expect(metrics['ttft.p50']).toMatchObject({ n: 3, missing: 0, mean: 110 });
  const [low, high] = metrics['ttft.p50']!.ci95!;
  expect(high - 110).toBeCloseTo(4.3027 * (10 / Math.sqrt(3)), 2);
  expect(low + high).toBeCloseTo(220, 6);
  expect(terminalReport(merged).join('\n')).toMatch(/^random +3 +110 ±24\.8/m);
});

test('a percentile that one seed did not reach has no mean over the others', () => {
  const merged = mergedSummary([runOf(1, 100), runOf(2, null)], { runs: 2, repetitions: 2 });
  expect(metricsOf(merged).metrics['ttft.p50']).toEqual({ n: 2, missing: 1, mean: null, ci95: null });
  expect(terminalReport(merged).join('\n')).toMatch(/^random +2 +missing 1/m);
});

test('a run that was cut short does not count, and the whole says which runs there are', () => {
  const merged = mergedSummary([runOf(1, 100), runOf(2, 900, { isInterrupted: true })], { runs: 4, repetitions: 4 });
  expect(metricsOf(merged).seeds).toEqual([1]);
  expect(metricsOf(merged).metrics['ttft.p50']).toEqual({ n: 1, missing: 0, mean: 100, ci95: null });
  expect(merged.valid).toBe(false);
  expect(merged.missingRuns).toBe(2);
  expect(merged.invalidBecause).toContain('2 of 4 runs were not simulated');
  expect(terminalReport(merged)[0]).toMatch(/: INVALID, partial$/);
  expect(merged.invalidBecause.some((reason) => reason.startsWith('random, seed 2: '))).toBe(true);
  expect(terminalReport(merged).join('\n')).toMatch(/^random +1 of 4 /m);
});

test('each variant has its own figures', () => {
  const merged = mergedSummary(
    [runOf(1, 100), runOf(1, 50, { variant: 'ephemeris' }), runOf(2, 120), runOf(2, 70, { variant: 'ephemeris' })],
    { runs: 4, repetitions: 2 },
  );
  expect(metricsOf(merged).metrics['ttft.p50']!.mean).toBe(110);
  expect(metricsOf(merged, 'ephemeris').metrics['ttft.p50']!.mean).toBe(60);
});

test('runs under one seed are merged into the summary of their common log', () => {
  const [random, ephemeris] = [runOf(1, 100), runOf(1, 50, { variant: 'ephemeris' })];
  const merged = mergedSummary([random, ephemeris], { runs: 2, repetitions: 1 });
  expect(merged).toEqual({
    ...random,
    valid: false,
    invalidBecause: [...random.invalidBecause, ...ephemeris.invalidBecause],
    runs: [...random.runs, ...ephemeris.runs],
  });
  expect('repetitions' in merged).toBe(false);
});

test('repetitions of few first tokens are marked in the terminal, and saturated ones are counted', () => {
  const one = runOf(1, 100);
  const { saturation: _, ...figures } = one.runs[0]!.figures;
  const saturated = {
    ...one,
    runs: [{ ...one.runs[0]!, figures: { ...figures, saturation: { inFlight: [1, 9], ttftMs: [10, 90] } } }],
  } as typeof one;
  const merged = mergedSummary([saturated, runOf(2, 120)], { runs: 2, repetitions: 2 });
  const text = terminalReport(merged).join('\n');
  expect(metricsOf(merged).fewestFirstTokens).toBeLessThan(131);
  expect(text).toMatch(/^\*: a run has fewer first tokens than the percentile needs: 131 for p95, 662 for p99/m);
  expect(text).toMatch(/^note random: saturated in 1 of 2 runs/m);
});
