import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type AllOutcomes, simulateAll } from '../../hosts/simulate/io/simulate-all.ts';
import type { PreparedRepetition, SimulationWork } from '../../hosts/simulate/io/task-runner.ts';
import { TaskBoard } from '../../hosts/simulate/task-board.ts';
import { summaryOfLog } from '../../report/io/summary-of-log.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summaryIn = (out: string): Summary => JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));

/** Every file below a folder with its text, but for the report: it says when and where it was written. */
const filesIn = (out: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'report.html')
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path): [string, string] => [path.slice(out.length + 1), readFileSync(path, 'utf8')])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

test('repetitions give the same bytes with 1, 2 and 4 workers, and the first is the run without repetitions', async () => {
  const args = ['simulate', PAIR, '--policy', 'random,peak-ewma'];
  const out = (name: string): string => join(folder, name);
  const repeated = (workers: number) =>
    starlane(...args, '--events', '--repeat', '2', '--workers', `${workers}`, '--out', out(`w${workers}`));
  const ended = await Promise.all([1, 2, 4].map(repeated));
  expect(ended.map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
    [0, ''],
  ]);
  const [one, two, four] = ['w1', 'w2', 'w4'].map((name) => filesIn(out(name)));
  expect(two).toEqual(one);
  expect(four).toEqual(one);
  const each = ['events.jsonl', 'requests.csv', 'scenario.resolved.yaml', 'summary.json'];
  expect([...one!.keys()]).toEqual([
    'charts.json',
    ...[1, 2].flatMap((repetition) => each.map((name) => `repetitions/${repetition}/${name}`)),
    'scenario.resolved.yaml',
    'summary.json',
  ]);
  const { runs, repetitions } = summaryIn(out('w1'));
  const first = join(out('w1'), 'repetitions', '1');
  const [head, ...lines] = readFileSync(join(first, 'requests.csv'), 'utf8').trimEnd().split('\r\n');
  expect(head).toMatch(/^variant,seed,repetition,request,client,/);
  const variants = lines.map((line) => line.split(',', 1)[0]);
  expect(Map.groupBy(variants, (variant) => variant).size).toBe(2);
  expect(lines.length).toBe(2 * 24);
  expect(await summaryOfLog(join(first, 'events.jsonl'), { lost: 0 })).toEqual(summaryIn(first));
  expect(runs.map(({ key }) => [key.repetition, key.policy])).toEqual(
    [1, 2].flatMap((repetition) => ['random', 'peak-ewma'].map((policy) => [repetition, policy])),
  );
  expect(repetitions!.byVariant.random!.metrics['ttft.p50']!.ci95).not.toBe(null);

  // Any repetition can be run again by itself, by its seed. Nobody asks for its events.
  const { seed } = runs.at(-1)!.key;
  await Promise.all([
    starlane(...args, '--out', out('w2')),
    starlane(...args, '--seed', `${seed}`, '--out', out('again')),
  ]);
  const once = filesIn(out('w2'));
  const withoutEvents = ['requests.csv', 'scenario.resolved.yaml', 'summary.json'];
  expect([...once.keys()]).toEqual(['charts.json', ...withoutEvents]); // nothing stays of the repetitions that were there
  for (const name of withoutEvents) expect(once.get(name)).toBe(one!.get(`repetitions/1/${name}`));
  const [again, second] = [summaryIn(out('again')), summaryIn(join(out('w1'), 'repetitions', '2'))];
  expect(again.runs.map(({ figures }) => figures)).toEqual(second.runs.map(({ figures }) => figures));
}, 180_000);

test('--until ends with the same repetitions for any number of workers, and keeps nothing of others', async () => {
  const args = ['simulate', PAIR, '--policy', 'random', '--until', 'ttft.p50:30%,max:14', '--duration', '10s'];
  const out = (workers: number): string => join(folder, `until-${workers}`);
  const ended = await Promise.all(
    [1, 3].map((workers) => starlane(...args, '--workers', `${workers}`, '--out', out(workers))),
  );
  expect(ended.map(({ code, err }) => [code, err])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(filesIn(out(3))).toEqual(filesIn(out(1)));
  const { runs, repetitions } = summaryIn(out(1));
  expect(repetitions!.asked).toBe(runs.length);
  expect(runs.length).toBeGreaterThanOrEqual(10);
  expect(readdirSync(join(out(1), 'repetitions')).length).toBe(runs.length);
  expect(repetitions!.until!.isReached || runs.length === 14).toBe(true);
  const both = await starlane(...args, '--repeat', '3');
  expect([both.code, both.err.split('\n').length]).toEqual([2, 2]);
}, 180_000);

test('Ctrl-C keeps the repetitions that are done, marked partial', async () => {
  const out = join(folder, 'stopped');
  const args = ['--policy', 'random', '--duration', '20s', '--repeat', '500', '--workers', '2', '--out', out];
  const command = new StarlaneProcess('simulate', PAIR, ...args);
  await command.said(/(?:[4-9]|\d\d) of 500 runs begun/);
  command.signalAll('SIGINT');
  const { code, err, out: printed } = await command.ended;
  expect([code, err]).toEqual([130, '']);
  expect(printed).toMatch(/: INVALID, partial$/m);
  expect(printed).toContain('Stopped by Ctrl-C');
  const { valid, invalidBecause, runs, repetitions } = summaryIn(out);
  const whole = runs.filter(({ partial }) => !partial);
  expect(whole.length).toBeGreaterThan(0);
  expect(valid).toBe(false);
  expect(invalidBecause[0]).toBe(`${500 - runs.length} of 500 runs were not simulated`);
  expect(repetitions!.byVariant.random!.seeds).toEqual(whole.map(({ key }) => key.seed));
  expect(readdirSync(join(out, 'repetitions')).length).toBe(runs.length);
  expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(command.processes()).toEqual([]);
});

const failing = async (policies: readonly string[]): Promise<AllOutcomes> =>
  simulateAll({
    tasks: policies.map((policy, index) => ({ policy, index, seed: 5, repetition: 1, events: null, requests: '' })),
    // The worker of this test does not look at them.
    work: {} as SimulationWork,
    prepared: { plan: {} } as PreparedRepetition,
    board: TaskBoard.for(policies.length),
    workers: 2,
    workerModule: new URL('./failing-simulator.ts', import.meta.url).href,
  });

test('a worker that throws is told in one line, what others did is kept, and nothing begins after it', async () => {
  const { outcomes, failure } = await failing(['works', 'throws', ...Array<string>(20).fill('works')]);
  expect(failure).toBe('throws under seed 5 failed: the table is too small');
  expect(outcomes[0]).not.toBe(null);
  expect(outcomes[1]).toBe(null);
  expect(outcomes.filter((outcome) => outcome === null).length).toBeGreaterThan(15);
});

test('a worker that dies is told in one line', async () => {
  const { outcomes, failure } = await failing(['exits', 'works']);
  expect(failure).toMatch(/^exits under seed 5 failed: [^\n]+$/);
  expect(outcomes[0]).toBe(null);
});
