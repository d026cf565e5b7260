import { describe, expect, test } from 'vitest';
import { linksRows, ownRows, parityRows, peersRows, simulateRows } from '../../../benchmarks/suites/rows-of.ts';

const none = (): string => '';
const textOf = (of: object): string => JSON.stringify(of);

describe('the figures of a suite', () => {
  test('that prints them itself are its rows, and anything else is refused', () => {
    const result = {
      ...{
        schema: 1,
        suite: 'http',
        machine: 'm',
        loadAverage: [1, 2],
        date: '2026-01-02T00:00:00.000Z',
        commit: null,
      },
      rows: [{ case: 'a', unit: 'ns', value: 1, isLowerBetter: true }],
    };
    expect(ownRows.read(textOf(result), none)).toEqual(result.rows);
    expect(() => ownRows.read(textOf({ ...result, rows: [{ case: 'a' }] }), none)).toThrow();
    expect(() => ownRows.read('a table', none)).toThrow();
  });

  test('of links are the errors of all delays together', () => {
    const all = { p50: -0.2, p99: 3 };
    const printed = textOf({ bare: null, relay: { idle: { all, relayCores: 0.2 } }, netem: { kind: 'not measured' } });
    expect(linksRows.read(printed, none).map(({ case: name, unit, value }) => [name, unit, value])).toEqual([
      ['relay, idle', 'ms off at p50', 0.2],
      ['relay, idle', 'ms off at p99', 3],
      ['relay, idle', 'of a core', 0.2],
    ]);
  });

  test('of parity say where they are not within the bar', () => {
    const outside = { first: { p50: 100, p99: 200 }, second: { p50: 101, p99: 260 } };
    const [row] = parityRows.read(textOf({ outside, inside: outside }), none);
    expect(row).toMatchObject({ case: 'outside outages, netem minus relay: NOT within the bar', value: 1 });
  });

  test('of simulate are better when more requests are simulated a CPU second', () => {
    const here = { startedPerCpuS: 5000, bytesEach: 900, peakBytes: 2 ** 28 };
    const text = textOf({ cases: [{ name: 'atlantic-20', counts: 'requests', here }] });
    expect(simulateRows.args('/f')).toEqual(['--out', '/f']);
    expect(simulateRows.read('', (file) => (file === 'simulate.json' ? text : ''))).toEqual([
      { case: 'atlantic-20', unit: 'requests a CPU second', value: 5000, isLowerBetter: false },
      { case: 'atlantic-20', unit: 'bytes each', value: 900, isLowerBetter: true },
      { case: 'atlantic-20', unit: 'MiB at most', value: 256, isLowerBetter: true },
    ]);
  });

  test('of peers are what each proxy used for a request over all rounds; one that measured nothing has none', () => {
    const round = { cpuMs: 5, count: 100 };
    const results = [
      { proxy: 'direct', rounds: [round, { cpuMs: 7, count: 200 }], latency: { p99Ms: 2 } },
      { proxy: 'gone', rounds: [], latency: { p99Ms: null } },
    ];
    const rows = peersRows.read(textOf({ cases: [{ peerCase: { name: 'open' }, results }] }), none);
    expect(rows.map(({ case: name, unit, value }) => [name, unit, value])).toEqual([
      ['open, direct', 'us of CPU each', 40],
      ['open, direct', 'ms at p99', 2],
    ]);
  });
});
