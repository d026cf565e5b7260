import { describe, expect, test } from 'vitest';
import { type Replay, replay } from '../../../report/engine/replay.ts';
import { replayReport, replayTable } from '../../../report/engine/replay-report.ts';
import { comparisonOf, figuresOf } from '../../../report/engine/replay-statistics.ts';
import { replaySvg } from '../../../report/engine/replay-svg.ts';
import { parseRequests, type RequestRow } from '../../../report/engine/request-rows.ts';
import { limitsSchema } from '../../../services/node/engine/limits.ts';
import { profileOf } from '../../../services/node/engine/profiles.ts';
import { noNoise } from '../../../services/node/engine/step-noise.ts';

const profile = profileOf('h100-llama8b');

const rowsOf = (...rows: readonly object[]): readonly RequestRow[] =>
  parseRequests(
    rows.map((row) => JSON.stringify({ input_toks: 100, output_toks: 5, arrival_time: 1000, ...row })).join('\n'),
    'r',
  );

const run = (rows: readonly RequestRow[], kvTokens = profile.kvTokens): Replay =>
  replay(rows, { profile, limits: limitsSchema.parse({ kvTokens }), noise: noNoise, ingestMs: 2, seed: 1 });

const reportOf = (rows: readonly RequestRow[], kvTokens?: number) => {
  const replayed = run(rows, kvTokens);
  const comparison = comparisonOf(rows, replayed.served, 2);
  return replayReport({ profile, kvTokens: 1, settings: {}, replay: replayed, comparison });
};

describe('a replay', () => {
  test('serves requests at their arrival times, in any order of the file', () => {
    const { served } = run(rowsOf({ arrival_time: 1010 }, {}));
    expect(served.map(({ queuedMs }) => queuedMs)).toEqual([10_002, 2]);
    expect(served.map(({ tokens }) => tokens)).toEqual([5, 5]);
  });

  test('counts refused requests, and leaves them out of the figures', () => {
    const report = reportOf(rowsOf({}, { input_toks: 0 }, { input_toks: 5000 }, { output_toks: 0 }), 1600);
    expect(report.refused).toEqual({ 'empty-prompt': 1, 'too-long': 1, 'bad-output-length': 1 });
    expect(report.simulated.ttft?.mean).toBeCloseTo(1.2 + 5.46 + 0.05 + 0.0065, 4);
  });

  test('of requests that are years apart samples the load evenly, not every second', () => {
    const { series, served } = run(rowsOf({ arrival_time: 1.7e9 }, { arrival_time: 0 }));
    expect(served.map(({ tokens }) => tokens)).toEqual([5, 5]);
    expect(series.length).toBeLessThanOrEqual(100_001);
    expect(series.at(-1)!.atS).toBeGreaterThanOrEqual(1.7e9);
    expect(series[2]!.atS - series[1]!.atS).toBe(series.at(-1)!.atS - series.at(-2)!.atS);
  });

  test('has no TPOT when every answer has only one token', () => {
    const report = reportOf(rowsOf({ output_toks: 1 }, { output_toks: 1 }));
    expect(report.simulated.tpot).toBeUndefined();
    expect(replayTable(report).rows.find(([name]) => name === 'TPOT mean')).toEqual(['TPOT mean', '-']);
  });

  test('has a report even when it refuses everything', () => {
    const report = reportOf(rowsOf({ input_toks: 0 }));
    expect([report.simulated, report.measured, report.worstErrorPercent]).toEqual([{}, null, null]);
  });
});

describe('a comparison with measured times', () => {
  test('has no error in per cent when the measured time is 0', () => {
    const report = reportOf(rowsOf({ queued_ts: 1000, first_token_ts: 1001, last_token_ts: 1001 }));
    expect(report.measured!.tpot!.mean).toBe(0);
    expect(Object.keys(report.errorPercent!)).not.toContain('tpot');
    expect(report.worstErrorPercent).toBeLessThan(100);
  });

  const measuredAt = (aheadS: number, lagS: number): object => ({
    queued_ts: 1000 + aheadS + lagS,
    first_token_ts: 1000 + aheadS + lagS + 0.5,
    last_token_ts: 1000 + aheadS + lagS + 0.9,
  });

  test('on one clock uses the times as they are: from the queue, and from arrival', () => {
    const rows = rowsOf(measuredAt(0, 0.03));
    const { measured } = comparisonOf(rows, run(rows).served, 2);
    expect(figuresOf(measured!.ttft).mean).toBeCloseTo(500, 6);
    expect(figuresOf(measured!.tpot).mean).toBeCloseTo(100, 6);
    expect(figuresOf(measured!.arrivalTtft).mean).toBeCloseTo(530, 6);
  });

  test('on two clocks assumes that the fastest request to reach the queue took the ingest time', () => {
    const rows = rowsOf(measuredAt(-900, 0.03), measuredAt(-900, 0.01));
    const { measured } = comparisonOf(rows, run(rows).served, 2);
    expect(Array.from(measured!.arrivalTtft, (value) => Math.round(value))).toEqual([502, 522]);
  });

  test('on two clocks without queue times has TPOT only', () => {
    const rows = rowsOf({ first_token_ts: 5, last_token_ts: 6 });
    const report = reportOf(rows);
    expect(Object.keys(report.measured!)).toEqual(['tpot']);
    expect(Object.keys(report.errorPercent!)).toEqual(['tpot']);
  });

  test('on one clock without queue times counts from arrival, on both sides', () => {
    const rows = rowsOf({ first_token_ts: 1000.53, last_token_ts: 1000.9 });
    const { simulated, measured } = comparisonOf(rows, run(rows).served, 2);
    expect(figuresOf(measured!.ttft).mean).toBeCloseTo(530, 6);
    expect(simulated.ttft).toEqual(simulated.arrivalTtft);
  });

  test('contains only requests that were simulated and measured', () => {
    const rows = rowsOf(measuredAt(0, 0), { output_toks: 500 });
    const { simulated, measured } = comparisonOf(rows, run(rows).served, 2);
    expect([simulated.e2e.length, measured!.e2e.length]).toEqual([1, 1]);
  });
});

test('a picture has both distributions and the load, and needs no other file', () => {
  const rows = rowsOf(
    { queued_ts: 1000.01, first_token_ts: 1000.2, last_token_ts: 1000.4 },
    { output_toks: 800, queued_ts: 1000.01, first_token_ts: 1000.2, last_token_ts: 1007 },
  );
  const replayed = run(rows);
  const comparison = comparisonOf(rows, replayed.served, 2);
  const picture = { title: 'a & b', subtitle: '', comparison, series: replayed.series };
  const svg = replaySvg({ ...picture, measuredSeries: replayed.series });
  expect(svg).toMatch(/^<svg [^>]+>.*a &amp; b.*<\/svg>\n$/s);
  expect(svg.match(/<path/g)).toHaveLength(12);
  expect(svg).not.toMatch(/NaN|Infinity/);
  const alone = replaySvg({ ...picture, comparison: { ...comparison, measured: null }, measuredSeries: null });
  expect(alone.match(/<path/g)).toHaveLength(6);
});
