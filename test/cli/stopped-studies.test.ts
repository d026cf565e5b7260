import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Study } from '../../hosts/study/io/simulated-study.ts';
import { Studies } from '../../hosts/study/io/studies.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pause = (ms: number): Promise<void> => new Promise((next) => setTimeout(next, ms));

const studiesIn = (out: string): readonly string[] =>
  existsSync(join(out, 'studies')) ? readdirSync(join(out, 'studies')).filter((name) => name.endsWith('.json')) : [];

/** Waits until the command has kept so many studies. */
const kept = async (out: string, count: number): Promise<void> => {
  while (studiesIn(out).length < count) await pause(20);
};

const jsonIn = (out: string, name: string) => JSON.parse(readFileSync(join(out, name), 'utf8'));

/** The first point takes a second, the last one hours: the command is always stopped in between. */
const SWEEP = ['--vary', 'durationS=20,86000', '--policy', 'random', '--repeat', '2', '--workers', '1'];

describe('a sweep', { timeout: 180_000 }, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that %s stops reports its whole points, and says that they are not all',
    async (signal) => {
      const out = join(folder, `sweep-${signal}`);
      mkdirSync(out);
      writeFileSync(join(out, 'sweep.csv'), 'of an earlier command\n');
      const command = new StarlaneProcess('sweep', PAIR, ...SWEEP, '--out', out);
      await kept(out, 1);
      command.signal(signal);
      const { code, err, out: printed } = await command.ended;
      expect([code, err]).toEqual([130, '']);
      expect(printed).toContain('Partial: 1 of 2 points; the same command goes on from here.');
      expect(jsonIn(out, 'sweep.json')).toMatchObject({
        partial: true,
        points: 2,
        done: 1,
        rows: [{ values: { durationS: '20' } }],
      });
      expect(readdirSync(out).filter((name) => name.endsWith('.csv'))).toEqual(['sweep.partial.csv']);
    },
  );

  test('that was killed goes on with what it had, and one that is whole removes the partial table', async () => {
    const out = join(folder, 'killed');
    const command = new StarlaneProcess('sweep', PAIR, ...SWEEP, '--out', out);
    await kept(out, 1);
    command.kill();
    await command.ended;
    writeFileSync(join(out, 'sweep.partial.csv'), '');
    const shorter = SWEEP.map((word) => word.replace('86000', '5'));
    const { code, out: printed } = await starlane('sweep', PAIR, ...shorter, '--out', out);
    expect(code).toBe(0);
    expect(printed).toContain('1 points were simulated by an earlier command.');
    expect(jsonIn(out, 'sweep.json')).toMatchObject({ partial: false, points: 2, done: 2 });
    expect(readdirSync(out).filter((name) => name.endsWith('.csv'))).toEqual(['sweep.csv']);
  });

  test('whose kept study was cut off simulates it again', async () => {
    const out = join(folder, 'torn');
    const short = ['--vary', 'durationS=5,6', '--policy', 'random', '--repeat', '1', '--out', out];
    await starlane('sweep', PAIR, ...short);
    const before = readFileSync(join(out, 'sweep.json'), 'utf8');
    const [first] = studiesIn(out);
    const path = join(out, 'studies', first!);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 500));
    const { code, out: printed } = await starlane('sweep', PAIR, ...short);
    expect(code).toBe(0);
    expect(printed).toContain('1 points were simulated by an earlier command.');
    expect(readFileSync(join(out, 'sweep.json'), 'utf8')).toBe(before);
  });
});

test('a study whose worker dies is told in one line, and leaves those that were done', async () => {
  const scenario = readScenario(PAIR);
  const out = join(folder, 'dying');
  const means = { commit: null, signal: new AbortController().signal };
  const study = (policies: readonly string[]): Study => ({ scenario, overrides: {}, policies, repeat: 1 });
  const whole = study(['random']);
  await new Studies(out, { ...means, workers: 1, workerModule: '' }).summaryOf(whole, () => {});
  const workerModule = new URL('./failing-simulator.ts', import.meta.url).href;
  const dying = new Studies(out, { ...means, workers: 2, workerModule });
  await expect(dying.summaryOf(study(['exits', 'works']), () => {})).rejects.toThrow(
    /^exits under seed 3 failed: [^\n]+$/,
  );
  expect(await dying.summaryOf(whole, () => {})).toMatchObject({ valid: true });
  expect(dying.taken).toBe(1);
});

test('a search for capacity that Ctrl-C stops keeps the rates that it tried', { timeout: 180_000 }, async () => {
  const out = join(folder, 'capacity');
  const args = ['--policy', 'random', '--repeat', '2', '--duration', '300', '--slo', 'ttft.p50:1ms', '--workers', '1'];
  const command = new StarlaneProcess('find-capacity', PAIR, ...args, '--out', out);
  await kept(out, 1);
  command.interrupt();
  const { code, err, out: printed } = await command.ended;
  expect([code, err]).toEqual([130, '']);
  expect(printed).toContain('Partial: 0 of 1 policies');
  const result = jsonIn(out, 'capacity.json');
  expect(result).toMatchObject({ partial: true, capacities: [] });
  expect(result.trials.length).toBeGreaterThanOrEqual(1);
});

describe('the sensitivity of a scenario', { timeout: 180_000 }, () => {
  const args = ['--policy', 'random,peak-ewma', '--vary-assumption', 'fibre-stretch=1.2,1.9', '--workers', '1'];

  test('is told by the winner under each value, as a table, as JSON and in one line', async () => {
    const out = join(folder, 'sensitivity');
    const { code, out: printed } = await starlane('sensitivity', PAIR, ...args, '--repeat', '10', '--out', out);
    expect(code).toBe(0);
    const result = jsonIn(out, 'sensitivity.json');
    expect(result).toMatchObject({ partial: false, asked: 2, metric: 'ttft.p99', repeat: 10 });
    expect(
      result.values.map(({ assumption, value }: { assumption: string; value: string }) => [assumption, value]),
    ).toEqual([
      ['fibre-stretch', '1.2'],
      ['fibre-stretch', '1.9'],
    ]);
    const { winner, rival, means } = result.base;
    expect(means[winner]).toBeLessThan(means[rival]);
    for (const { winner: same, difference } of result.values) expect([same, difference.n]).toEqual([winner, 10]);
    expect(printed).toContain(result.verdict);
  });

  test('keeps what Ctrl-C leaves of it', async () => {
    const out = join(folder, 'sensitivity-stopped');
    const long = ['--repeat', '2', '--duration', '600'];
    const command = new StarlaneProcess('sensitivity', PAIR, ...args, ...long, '--out', out);
    await kept(out, 1);
    command.interrupt();
    const { code, err } = await command.ended;
    expect([code, err]).toEqual([130, '']);
    expect(jsonIn(out, 'sensitivity.json')).toMatchObject({ partial: true, asked: 2 });
  });

  test.each([
    [['--policy', 'random'], '--policy is random, expected two policies or more: one of them wins'],
    [[...args, '--vary-assumption', 'phasing=x'], '--vary-assumption has phasing=x, expected a number from 0 to 1000'],
    [[...args, '--metric', 'ttft.p98'], '--metric has "ttft.p98", which is no metric; did you mean'],
  ])('%j is refused in one line', async (wrong, line) => {
    const { code, out, err } = await starlane('sensitivity', PAIR, ...wrong, '--out', join(folder, 'refused'));
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([expect.stringContaining(line), '']);
  });
});
