import { describe, expect, test } from 'vitest';
import { type LinksResult, linksReport } from '../../../benchmarks/links/links-report.ts';
import { distribution } from '../../../report/distribution.ts';

const figures = (p50: number, p99: number) => ({ ...distribution([]), p50, p90: p99, p95: p99, p99, samples: 100 });
const result = (change: Partial<LinksResult> = {}): LinksResult => ({
  schema: 1,
  machine: 'a machine',
  stolenShare: null,
  bare: null,
  relay: {},
  stall: null,
  netem: null,
  ...change,
});
const relayWith = (p50: number, p99: number): LinksResult['relay'] => ({
  idle: {
    paths: [{ delayMs: 5, ...figures(p50, p99) }],
    all: figures(p50, p99),
    relayCores: 0.25,
    busyCores: 1,
    messagesPerS: 10,
    peakRssBytes: 1,
  },
});
const textOf = (change: Partial<LinksResult>): string => linksReport(result(change)).join('\n');

describe('the report on links', () => {
  test.each([
    [0.3, 1, 'met'],
    [-0.3, 0.9, 'met'],
    [-0.31, 0.9, 'missed'],
    [0.1, 1.1, 'missed'],
  ])('for p50 %d and p99 %d, says that the target is %3$s', (p50, p99, verdict) => {
    expect(textOf({ relay: relayWith(p50, p99) })).toMatch(new RegExp(`relay, idle +all .* ${verdict}$`, 'm'));
  });

  test('shows the processor time that the host of a virtual machine took, if it took any', () => {
    expect(textOf({ stolenShare: 0.0257 })).toContain('gave 2.6 % of its processors');
    expect(textOf({ stolenShare: 0 })).not.toContain('gave');
    expect(textOf({})).not.toContain('gave');
  });

  test('says why netem was not measured', () => {
    expect(textOf({ netem: { kind: 'not measured', reason: 'no sch_netem' } })).toContain(
      'not measured: no sch_netem.',
    );
  });
});
