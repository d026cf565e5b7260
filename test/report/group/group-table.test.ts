import { describe, expect, test } from 'vitest';
import { groupTables } from '../../../report/group/group-table.ts';
import { groupingsIn } from '../../../report/group/registry.ts';
import { reported } from '../html/reported.ts';

const { runs } = reported([
  { policy: 'near', ttftMs: (request) => 20 + (request % 10), request: { client: 'lagos' } },
  { policy: 'far', ttftMs: (request) => (request % 50 === 0 ? Number.NaN : 80), request: { client: 'lagos' } },
]).summary;

describe('the tables of groups', () => {
  test('have a row for each group and policy, and say what a percentile falls on', () => {
    const lines = groupTables(runs, ['region', 'medium']);
    expect(lines[0]).toMatch(/^region +policy +requests +share +TTFT p50 +p95 +p99 /);
    expect(lines.find((line) => /^lagos +near/.test(line))).toMatch(/ 1000 +100\.0 % +24\.5 +29\.0 +29\.0 /);
    expect(lines.find((line) => /^ +far/.test(line))).toMatch(/ 1000 +100\.0 % +80\.0 +80\.0 +> 80\.0 /);
    expect(lines.some((line) => line.startsWith('medium'))).toBe(true);
  });

  test('mark a p99 of too few first tokens', () => {
    const few = reported([{ policy: 'near', ttftMs: (request) => (request < 500 ? 10 : Number.NaN) }]).summary.runs;
    expect(groupTables(few, ['region'])[2]).toMatch(/> 10\.0\*/);
    expect(groupTables(runs, ['region'])[2]).not.toMatch(/29\.0\*/);
  });

  test('of several seeds have means, and tell in how many of them a percentile is missing', () => {
    const seeds = [1, 2].map((seed) => ({
      policy: 'p',
      seed,
      ttftMs: (request: number) => (seed === 2 && request % 50 === 0 ? Number.NaN : 10 * seed),
    }));
    expect(groupTables(reported(seeds).summary.runs, ['region'])[2]).toMatch(/ 15\.0 +15\.0 +missing 1 /);
  });

  test('say where the log does not know a grouping, instead of an empty table', () => {
    expect(groupTables(runs, ['class'])[0]).toBe('No figures by class: the log does not say the class of a request.');
  });
});

test('names of groupings are read from the command line, and a wrong one is told with what was meant', () => {
  expect(groupingsIn('region, slot-phase,region', '--by')).toEqual(['region', 'slot-phase']);
  expect(() => groupingsIn('regio', '--by')).toThrow('--by has "regio", which is no grouping; did you mean "region"?');
});
