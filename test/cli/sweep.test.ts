import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { csvCells } from '../../core/text/csv-cells.ts';
import type { SweepRow } from '../../report/sweep-table.ts';
import { starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VARIED = ['--vary', 'load.ratePerS=5..15/10', '--vary', 'policy=random,peak-ewma'];

test('a sweep has a row a point, the same bytes with one worker and with two', async () => {
  const [one, two] = await Promise.all(
    ['1', '2'].map((workers) =>
      starlane('sweep', PAIR, ...VARIED, '--repeat', '2', '--workers', workers, '--out', join(folder, workers)),
    ),
  );
  expect([one!.code, two!.code]).toEqual([0, 0]);
  expect(one!.out.split('\n').slice(2, 6)).toEqual([
    expect.stringMatching(/^5 +random +\d/),
    expect.stringMatching(/^5 +peak-ewma +\d/),
    expect.stringMatching(/^15 +random +\d/),
    expect.stringMatching(/^15 +peak-ewma +\d/),
  ]);
  for (const name of ['sweep.csv', 'sweep.json'])
    expect(readFileSync(join(folder, '2', name), 'utf8')).toBe(readFileSync(join(folder, '1', name), 'utf8'));
  const result = JSON.parse(readFileSync(join(folder, '1', 'sweep.json'), 'utf8'));
  expect(result).toMatchObject({ partial: false, points: 4, done: 4 });
  const rows = result.rows as readonly SweepRow[];
  expect(
    rows.map(({ values, policy, repetitions }) => [values['load.ratePerS'], policy, repetitions.seeds.length]),
  ).toEqual([
    ['5', 'random', 2],
    ['5', 'peak-ewma', 2],
    ['15', 'random', 2],
    ['15', 'peak-ewma', 2],
  ]);
  const [head, line] = readFileSync(join(folder, '1', 'sweep.csv'), 'utf8')
    .split('\r\n')
    .map(csvCells);
  expect(line![head!.indexOf('ttft.p50.mean')]).toBe(String(rows[0]!.repetitions.metrics['ttft.p50']!.mean));
});

test('the capacity lies between a rate that keeps the objectives and one that does not', async () => {
  const args = ['--policy', 'random', '--repeat', '2', '--rate', '40', '--within', '50%', '--slo', 'ttft.p50:400ms'];
  const { code, out } = await starlane('find-capacity', PAIR, ...args, '--json', '--out', join(folder, 'capacity'));
  expect(code).toBe(0);
  const { capacities, trials } = JSON.parse(out);
  const [{ policy, ratePerS, missedAtPerS }] = capacities;
  expect(policy).toBe('random');
  expect(missedAtPerS / ratePerS).toBeLessThanOrEqual(1.5);
  for (const trial of trials) expect(trial.isMet).toBe(trial.metrics['ttft.p50'].mean <= 400);
});

test.each([
  [['sweep', '--vary', 'load.ratePerS'], '--vary is "load.ratePerS", expected PATH=FROM..TO/STEP or PATH=A,B'],
  [
    ['sweep', '--vary', 'load.ratePerS=5,fast'],
    '--vary load.ratePerS=fast: load.ratePerS is "fast", expected a number',
  ],
  [
    ['sweep', '--vary', 'policy=random,rundom'],
    '--vary policy has "rundom", which is no policy; did you mean "random"?',
  ],
  [['find-capacity', '--slo', 'ttft.p99:5%'], '--slo has "ttft.p99:5%", expected an amount, such as ttft.p99:800ms'],
  [['find-capacity', '--slo', 'tfft.p99:5ms'], '--slo has "tfft.p99", which is no metric; did you mean "ttft.p99"?'],
  [
    ['find-capacity', '--slo', 'ttft.p99:9ms', '--set', 'load.users=3'],
    'users who wait for answers have no rate to find',
  ],
])('%j is refused in one line, before anything is simulated', async ([command, ...args], line) => {
  const { code, out, err } = await starlane(command!, PAIR, ...args, '--out', join(folder, 'refused'));
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')).toEqual([expect.stringContaining(line), '']);
});
