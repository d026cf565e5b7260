import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ComparedRow } from '../../benchmarks/suites/compared-rows.ts';
import { SUITES } from '../../benchmarks/suites/registry.ts';
import type { SuiteResult } from '../../benchmarks/suites/suite-result.ts';
import { starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = ['micro', '--only', 'protobuf: write a token', '--json', '--out', folder];

test('without a name every suite is listed', async () => {
  const { code, out } = await starlane('bench');
  expect(code).toBe(0);
  expect(out).toMatch(/^micro +1 min +yes/m);
  expect(out).toMatch(/^soak +10 min +/m);
});

test('a suite has one shape of JSON, which a later run is compared with', { timeout: 180_000 }, async () => {
  const { code, out } = await starlane('bench', ...TOKEN);
  expect(code).toBe(0);
  const result = JSON.parse(out) as SuiteResult;
  expect(result).toMatchObject({ schema: 1, suite: 'micro' });
  expect(result.rows.map(({ case: name, unit }) => [name, unit])).toEqual([
    ['protobuf: write a token', 'ns'],
    ['protobuf: write a token', 'ns at p99'],
    ['protobuf: write a token', 'bytes'],
  ]);
  for (const { value } of result.rows.slice(0, 2)) expect(value).toBeGreaterThan(0);
  const file = join(folder, 'micro.json');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(result);
  const again = await starlane('bench', ...TOKEN, '--against', file);
  expect(JSON.parse(again.out).compared[0]).toMatchObject({ unit: 'ns', there: result.rows[0]!.value, verdict: '' });
});

test('two commits are measured in turns, and nothing of the other one is left', { timeout: 180_000 }, async () => {
  const worktrees = (): string => execFileSync('git', ['worktree', 'list'], { encoding: 'utf8' });
  const { code, out, err } = await starlane('bench', ...TOKEN, '--against', 'HEAD', '--rounds', '1');
  expect([code, err]).toEqual([0, '']);
  const { compared } = JSON.parse(out) as { readonly compared: readonly ComparedRow[] };
  expect(compared.map(({ unit }) => unit)).toEqual(['ns', 'ns at p99', 'bytes']);
  expect(compared[0]!.ratio).toMatchObject({ pairs: 2, low: expect.any(Number), high: expect.any(Number) });
  expect(compared[0]!.here / compared[0]!.there).toBeGreaterThan(0);
  expect(worktrees()).not.toContain('starlane-commit-');
});

test('the doors answer whoever asks in a closed loop', { timeout: 180_000 }, async () => {
  const { code, out } = await starlane('bench', 'http', '--only', '/live', '--json', '--out', folder);
  expect(code).toBe(0);
  const { rows } = JSON.parse(out) as SuiteResult;
  expect([...new Set(rows.map((row) => row.case))]).toEqual(['router GET /live', 'node GET /live']);
  for (const { unit, value } of rows) if (unit !== 'ms at p99') expect(value).toBeGreaterThan(0);
});

test.each([
  [['micra'], 'micra is no suite; did you mean "micro"?'],
  [['soak', '--json'], '--json is not for soak, which only prints'],
  [['links', '--only', 'x'], '--only is not for links, expected micro or http'],
  [['micro', '--against', 'no-such-revision'], '--against is no-such-revision, which is neither a file nor a revision'],
  [['micro', '--against', 'package.json'], '--against is package.json, which is no result of starlane bench'],
  [['micro', '--rounds', '2'], '--rounds is for a revision to compare with, expected --against REVISION'],
  [['--against', 'main'], '--against is for suites, and none is named'],
  [['micro', '--only', 'no such case'], '--only is "no such case", which is in the name of no case of micro'],
])('%j is refused in one line', async (args, line) => {
  const { code, out, err } = await starlane('bench', ...args, '--out', folder);
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')).toEqual([expect.stringContaining(line), '']);
});

test.each(SUITES)('$name refuses a wrong command line in one line', ({ script, nodeArgs = [] }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, script, '--no-such-option'], {
    encoding: 'utf8',
  });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.split('\n')).toEqual([expect.stringContaining('--no-such-option'), '']);
});
