import { describe, expect, test } from 'vitest';
import { seededRng } from '../../core/random/rng.ts';
import { summarise } from '../../report/summary.ts';
import { type Summary, summarySchema } from '../../report/summary-schema.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

/** A run whose requests each wait for a random time of up to 100 ms that does not depend on the others. */
const runOf = (minutes: number): Summary => {
  const [rng, durationMs] = [seededRng(1)('ttft'), 1000 + minutes * 60_000];
  const requests = minutes * 120;
  const events = Array.from({ length: requests }, (_, request) =>
    requestEvents(request, 1000 + request * 500, { ttftMs: 20 + rng.next() * 100 }),
  );
  return summarise([runEvent({ requests, durationMs }), ...events.flat(), ended({ atMs: durationMs + 1000 })], {
    machine: 'm',
  });
};

describe('the interval of a percentile within a run', () => {
  test('is about as wide as theory says for requests that do not depend on each other', () => {
    const summary = runOf(10);
    expect(summarySchema.parse(summary)).toEqual(summary);
    const { ttftMs, by } = summary.runs[0]!.figures;
    const [low, high] = ttftMs.ci95!.p50!;
    expect(low).toBeLessThan(ttftMs.p50!);
    expect(high).toBeGreaterThan(ttftMs.p50!);
    // 2 x 1.96 x sqrt(0.25 / 1200) of the range of 100 ms is 5.7 ms.
    expect(high - low).toBeGreaterThan(5);
    expect(high - low).toBeLessThan(12);
    expect(by.region!.c!.ttftMs.ci95).toEqual(ttftMs.ci95);
    expect(terminalReport(summary).join('\n')).toMatch(/^95 % interval +TTFT p50 .*\n.*\np +\d\d\.\d to \d\d\.\d /m);
  });

  test('is null and not in the tables where the run is too short', () => {
    const summary = runOf(4);
    expect(summary.runs[0]!.figures.ttftMs.ci95).toBe(null);
    expect(terminalReport(summary).join('\n')).not.toContain('95 % interval');
  });
});
