import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptRuns } from '../../../benchmarks/scenarios/io/kept-runs.ts';

/** For several processes, one after another, on a busy machine. */
const STARTS_MS = 300_000;

const scenarios = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['benchmarks/scenarios/main.ts', ...args], { encoding: 'utf8' });

test('a study with other seeds is simulated and printed, and writes nothing', { timeout: STARTS_MS }, () => {
  const readme = readFileSync('scenarios/README.md', 'utf8');
  const { status, stdout, stderr } = scenarios('atlantic', '--seeds', '2', '--rows-only');
  expect(status).toBe(0);
  expect(stderr.trimEnd().split('\n')).toHaveLength(4); // a line a row, with its seconds
  const [title, answer, , , ...rows] = stdout.trimEnd().split('\n');
  expect([title, answer]).toEqual(['atlantic', expect.stringMatching(/^TTFT p99 .*\*\*ephemeris\*\*.*\.$/)]);
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

test('runs of a commit are kept for as many seeds or fewer, and for no other values, policy, commit or changed files', {
  timeout: STARTS_MS,
}, async () => {
  const commit = `test-${process.pid}`;
  const seedsOf = async (seeds: number, { policy = 'random', set = [] as readonly string[], at = commit } = {}) =>
    (await keptRuns('test/scenarios/single.yaml', { policy, set, seeds }, at)).map(({ key }) => key.seed);
  try {
    const real = await seedsOf(3);
    expect(real).toHaveLength(3);
    // Who reads the file gets the seeds that it has; who simulates gets the real ones.
    const folder = join('results/scenarios', commit);
    const [name] = readdirSync(folder);
    const kept = readFileSync(join(folder, name!), 'utf8');
    const marked = JSON.parse(kept).map((run: { key: object }) => ({ ...run, key: { ...run.key, seed: -1 } }));
    writeFileSync(join(folder, name!), JSON.stringify(marked));
    expect(await seedsOf(2)).toEqual([-1, -1]);
    for (const other of [
      { set: ['load.ratePerS=3'] },
      { policy: 'round-robin' },
      { at: `${commit}-other` },
      { at: `${commit}+` },
    ]) {
      expect(await seedsOf(2, other)).toEqual(real.slice(0, 2));
    }
    expect(await seedsOf(4)).toEqual(expect.arrayContaining(real));
    expect(readdirSync('results/scenarios')).not.toContain(`${commit}+`);
  } finally {
    for (const name of [commit, `${commit}-other`])
      rmSync(join('results/scenarios', name), { recursive: true, force: true });
  }
});
