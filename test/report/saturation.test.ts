import { describe, expect, test } from 'vitest';
import { exponential } from '../../core/random/distributions.ts';
import { seededRng } from '../../core/random/rng.ts';
import type { RequestRecord } from '../../report/request-table.ts';
import { saturationOf } from '../../report/saturation.ts';
import { summarise } from '../../report/summary.ts';
import { terminalReport } from '../../report/terminal-report.ts';
import { ended, requestEvents, runEvent } from './logged-run.ts';

const RATE_PER_S = 10;
const RUN_MS = 300_000;

/** TTFT of requests at one server that takes as long for each, by their intended times. Those without an answer at the end are open. */
const queueAt = (load: number, seed: number): readonly RequestRecord[] => {
  const rng = seededRng(seed)('arrivals');
  const serviceMs = (load * 1000) / RATE_PER_S;
  const records: RequestRecord[] = [];
  let freeAtMs = 0;
  for (let atMs = exponential(rng, 100); atMs < RUN_MS; atMs += exponential(rng, 100)) {
    freeAtMs = Math.max(freeAtMs, atMs) + serviceMs;
    const isOpen = freeAtMs > RUN_MS + 5000;
    records.push({
      request: records.length,
      client: 'c',
      class: undefined,
      tenant: undefined,
      longestGapMs: Number.NaN,
      stalls: Number.NaN,
      promptTokens: 1,
      intendedAtMs: atMs,
      sentAtMs: atMs,
      firstTokenAtMs: isOpen ? Number.NaN : freeAtMs,
      lastTokenAtMs: isOpen ? Number.NaN : freeAtMs,
      outcome: isOpen ? 'open' : 'answered',
      tokens: 1,
    });
  }
  return records;
};

const found = (load: number, seed: number) => saturationOf(queueAt(load, seed), { fromMs: 0, untilMs: RUN_MS });

/** In how many of twenty runs it is found. */
const timesAt = (load: number): number =>
  Array.from({ length: 20 }, (_, seed) => found(load, seed)).filter(Boolean).length;

describe('saturation of a queue with constant service', () => {
  test('is not found below its capacity, and always above', () => {
    expect([timesAt(0.5), timesAt(0.8)]).toEqual([0, 0]);
    expect(timesAt(0.9)).toBeLessThanOrEqual(1);
    expect([timesAt(1.15), timesAt(1.5)]).toEqual([20, 20]);
  });

  test('counts the requests that wait', () => {
    // A third of ten requests a second is not served: a hundred in the first tenth, a thousand in all.
    const { inFlight, ttftMs } = found(1.5, 1)!;
    expect(inFlight[0]).toBeGreaterThan(60);
    expect(inFlight[1]).toBeGreaterThan(800);
    expect(inFlight[1]).toBeLessThan(1200);
    expect(ttftMs[1]).toBeGreaterThan(10 * ttftMs[0]);
  });
});

test('a run that is saturated says so in its notes', () => {
  const requests = 200;
  const logOf = (growthMs: number) =>
    Array.from({ length: requests }, (_, id) =>
      requestEvents(id, 1000 + id * 50, { ttftMs: 50 + id * growthMs, tokens: 1 }),
    ).flat();
  const linesOf = (growthMs: number): string =>
    terminalReport(
      summarise([runEvent({ requests }), ...logOf(growthMs), ended({ atMs: 30_000 })], { machine: 'm' }),
    ).join('\n');
  expect(linesOf(40)).toMatch(
    /^note p: saturated: requests in flight grew from \d+ to \d+, and the mean TTFT from \d+ to \d+ ms;/m,
  );
  expect(linesOf(0)).not.toContain('saturated');
});
