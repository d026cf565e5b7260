import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const scenarios = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['benchmarks/scenarios/main.ts', ...args], { encoding: 'utf8' });

test('a study with other seeds is simulated and printed, and writes nothing', () => {
  const readme = readFileSync('scenarios/README.md', 'utf8');
  const { status, stdout, stderr } = scenarios('atlantic', '--seeds', '2');
  expect([status, stderr]).toEqual([0, '']);
  const [title, , , ...rows] = stdout.trimEnd().split('\n');
  expect(title).toBe('atlantic');
  expect(rows.map((row) => row.split(' | ')[0])).toEqual([
    '| least-request',
    '| round-robin',
    '| peak-ewma',
    '| ephemeris',
  ]);
  expect(rows[1]).toMatch(/^\| round-robin \| \d+ ± \d+ \| .* \| [+-]?\d+\.\d ± \d+\.\d % \|$/);
  expect(readFileSync('scenarios/README.md', 'utf8')).toBe(readme);
});

test('a study that does not exist is one line and exit code 2', () => {
  const { status, stderr } = scenarios('atlantik');
  expect([status, stderr]).toEqual([2, 'scenarios: there is no study "atlantik"; did you mean "atlantic"?\n']);
});
