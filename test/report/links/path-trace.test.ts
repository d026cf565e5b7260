import { describe, expect, test } from 'vitest';
import { fibreSamples, type PathSample, pathSamples, sampleLine } from '../../../report/links/path-samples.ts';
import { stepTable, summaryTable } from '../../../report/links/path-tables.ts';
import { PathTrace } from '../../../report/links/path-trace.ts';

const traceOf = (samples: readonly PathSample[]): PathTrace => {
  const trace = new PathTrace();
  for (const sample of samples) trace.add(sample);
  return trace;
};

const sample = (tMs: number, rttMs: number | null, ...hops: number[]): PathSample => ({
  tMs,
  rttNs: rttMs === null ? null : rttMs * 1e6,
  hops,
});

describe('a trace', () => {
  test('counts changes of the path and the share without a path; times are over the other steps', () => {
    const trace = traceOf([
      sample(0, 10, 1, 2),
      sample(1, 20, 1, 2),
      sample(2, 30, 1, 2, 4),
      sample(3, null),
      sample(4, null),
      sample(5, 40, 1, 2, 4),
    ]);
    expect(trace.summary()).toMatchObject({ minMs: 10, p50Ms: 25, maxMs: 40, changes: 3, fewestHops: 2, mostHops: 3 });
    expect(trace.summary().downShare).toBeCloseTo(1 / 3);
  });

  test('that never has a path has no times', () => {
    const trace = traceOf([sample(0, null)]);
    expect(summaryTable(trace, 'laser', 12).rows[0]).toEqual(['laser', '-', '-', '-', '-', '0', '0', '100.00 %']);
    expect(stepTable(trace, 'laser', 12).rows).toEqual([['0', 'no path', '12.000', '-', '']]);
  });

  test.each([
    [40, 40],
    [41, 41],
    [500, 41],
  ])('of %i steps is shown in %i rows', (steps, rows) => {
    const trace = traceOf(Array.from({ length: steps }, (_, step) => sample(step * 1000, 10, 1)));
    const table = stepTable(trace, 'laser', 12);
    expect(table.rows).toHaveLength(rows);
    expect([table.rows[0]![0], table.rows.at(-1)![0]]).toEqual(['0', String(steps - 1)]);
  });
});

test('samples are at the start and at each step before the end', () => {
  const samples = [...pathSamples(fibreSamples(5000), { startMs: 500, durationMs: 250, stepMs: 100 })];
  expect(samples.map(({ tMs }) => tMs)).toEqual([500, 600, 700]);
  expect(sampleLine(samples[0]!)).toBe('{"tMs":500,"rttNs":10000000,"hops":[]}');
  expect(sampleLine(sample(0, null))).toBe('{"tMs":0,"rttNs":null,"hops":[]}');
});
