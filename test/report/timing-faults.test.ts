import { describe, expect, test } from 'vitest';
import type { RunFigures } from '../../report/summary-schema.ts';
import { timingFaults } from '../../report/timing-faults.ts';

const at = (p50: number, p99: number): RunFigures['ttftMs'] => ({
  n: 1000,
  censored: 0,
  mean: p50,
  p50,
  p90: p50,
  p95: p50,
  p99,
  p999: p99,
  max: p99,
  ci95: null,
});

/** A run with a TTFT of 100 ms at the median and 400 ms at p99. */
const faultsOf = (delayErrorMs: RunFigures['ttftMs'], probeErrorMs: RunFigures['ttftMs']): readonly string[] =>
  timingFaults({
    ttftMs: at(100, 400),
    e2eMs: at(10_000, 20_000),
    delayErrorMs,
    probeErrorMs: { ...probeErrorMs, lost: 0, jitterMs: 0 } as RunFigures['probeErrorMs'],
    generator: null,
  }).map(({ figure }) => figure);

describe('a latency of a live run', () => {
  test('holds although some requests waited for windows of TCP, where probes cross the links as planned', () => {
    expect(faultsOf(at(1, 90), at(0.1, 2))).toEqual([]);
  });

  test('does not hold where requests are late at the median', () => {
    expect(faultsOf(at(6, 90), at(0.1, 2))).toEqual(['ttftMs.p50', 'ttftMs.p90', 'ttftMs.p95']);
    expect(faultsOf(at(-6, 0), at(0.1, 2))).toEqual(['ttftMs.p50', 'ttftMs.p90', 'ttftMs.p95']);
  });

  test('does not hold at a percentile at which probes are late', () => {
    expect(faultsOf(at(1, 1), at(0.1, 25))).toEqual(['ttftMs.p99']);
  });
});
