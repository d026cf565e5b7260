import { expect, test } from 'vitest';
import { METRICS } from '../../report/metric.ts';
import { type SweepRow, sweepCsv, sweepTable } from '../../report/sweep-table.ts';

const row = (values: SweepRow['values'], policy: string, valid: boolean): SweepRow => ({
  values,
  policy,
  valid,
  repetitions: {
    seeds: [1, 2],
    fewestFirstTokens: 700,
    metrics: Object.fromEntries(
      METRICS.map(({ name }) => [
        name,
        name === 'e2e.p99'
          ? { n: 2, missing: 1, mean: null, ci95: null }
          : { n: 2, missing: 0, mean: 0.5, ci95: [0.25, 0.75] as [number, number] },
      ]),
    ),
  },
});

test('a table has a column for each key that varies, and says which points are not valid', () => {
  const rows = [
    row({ 'load.ratePerS': '5', policy: 'a' }, 'a', true),
    row({ 'load.ratePerS': '10', policy: 'a' }, 'a', false),
  ];
  const [header, , first, second] = sweepTable(rows);
  expect(header).toMatch(/^load\.ratePerS {2}policy {2}.*TTFT p50 .*attained$/);
  expect(first).toMatch(/^5 .* 0\.5 ms ±0\.3 ms .* missing 1 .* 50\.0 % ±25\.0 %$/);
  expect(second).toMatch(/INVALID$/);
});

test('a p99 of too few first tokens is marked, and the mark is explained', () => {
  const few = row({ 'load.ratePerS': '5' }, 'a', true);
  const lines = sweepTable([{ ...few, repetitions: { ...few.repetitions, fewestFirstTokens: 400 } }]);
  expect(lines[2]).toMatch(/0\.5 ms ±0\.3 ms +0\.5 ms ±0\.3 ms\* /);
  expect(lines.at(-1)).toMatch(/^\*: a run has fewer first tokens .* 662 for p99 \(MLPerf\)\.$/);
  expect(sweepTable([few]).join()).not.toContain('*');
});

test('a CSV quotes what needs it, and is empty where there is no value', () => {
  const [header, line] = sweepCsv([row({ 'faults.timeline': '[{ kind: "x", atS: 1 }]' }, 'a', true)]).split('\r\n');
  const at = header!.split(',').indexOf('e2e.p99.mean');
  expect(header!.startsWith('faults.timeline,policy,valid,runs,ttft.mean.mean,ttft.mean.low,')).toBe(true);
  expect(line!.startsWith('"[{ kind: ""x"", atS: 1 }]",a,true,2,0.5,0.25,0.75')).toBe(true);
  expect(line!.split(',').slice(at + 1, at + 4)).toEqual(['', '', '']); // the quoted comma is one more
});
