import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { resolvedScenario } from '../../scenario/resolved-scenario.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A node that answers late for a while, and then no more: who forgets slowly stays away from it for the rest of the run. */
const FORGOTTEN = join(folder, 'forgotten.yaml');
writeFileSync(
  FORGOTTEN,
  readFileSync(PAIR, 'utf8')
    .replace('durationS: 3', 'durationS: 40')
    .replace('router: { site: london }', 'router: { site: london, ewma: { tauMs: 120000 } } # it forgets slowly')
    .concat(
      'faults: { token: nobody-else-causes-any, timeline: [{ kind: slow, node: frankfurt, atS: 3, forS: 3, factor: 40 }] }\n',
    ),
);

const SMALL = ['--repeat', '3', '--held-out-seeds', '10', '--workers', '1'];
const jsonIn = (out: string) => JSON.parse(readFileSync(join(out, 'tune.json'), 'utf8'));

describe('tune', { timeout: 240_000 }, () => {
  test('finds a clear optimum, and writes a scenario that is better and otherwise the same', async () => {
    const out = join(folder, 'found');
    const args = ['--policy', 'peak-ewma', '--objective', 'ttft.p50', '--only', 'router.ewma.tauMs', '--budget', '50'];
    const { code, out: printed, err } = await starlane('tune', FORGOTTEN, ...args, ...SMALL, '--out', out);
    expect([code, err]).toEqual([0, '']);
    const told = jsonIn(out);
    expect(told).toMatchObject({ partial: false, verdict: 'tuned', heldOut: [{ standing: 'better' }] });
    const tauMs = told.changes['router.ewma.tauMs'];
    expect(tauMs).toBeLessThan(20_000);
    expect(printed).toContain(`Better also where it was not searched: router.ewma.tauMs ${tauMs}.`);
    const text = readFileSync(join(out, 'tuned.yaml'), 'utf8');
    expect(text).toContain('# it forgets slowly');
    const wanted = readScenario(FORGOTTEN, { set: [`router.ewma.tauMs=${tauMs}`] });
    expect(resolvedScenario(readScenario(join(out, 'tuned.yaml'))).hash).toBe(resolvedScenario(wanted).hash);
    const again = await starlane(
      'simulate',
      join(out, 'tuned.yaml'),
      '--policy',
      'peak-ewma',
      '--out',
      join(out, 'run'),
    );
    expect(again.code).toBe(0);
  });

  test('says where nothing matters, and writes the scenario as it was', async () => {
    const out = join(folder, 'nothing');
    // Nodes report at once what these two stand for, so they count for nothing after the first second.
    const args = [
      '--policy',
      'gorgo',
      '--vary',
      'prefillMsPerToken=0.1,0.1001',
      '--only',
      'prefillMsPerToken',
      '--budget',
      '40',
    ];
    const { code, out: printed } = await starlane('tune', PAIR, ...args, ...SMALL, '--json', '--out', out);
    expect(code).toBe(0);
    const told = JSON.parse(printed);
    expect(told).toEqual(jsonIn(out));
    expect(told).toMatchObject({ changes: {}, heldOut: [], verdict: 'nothing-found' });
    const kept = readScenario(join(out, 'tuned.yaml'));
    expect(resolvedScenario(kept).hash).toBe(resolvedScenario(readScenario(PAIR)).hash);
  });

  test('gives the same with one worker and with two, and takes what was simulated before', async () => {
    const args = [
      '--policy',
      'least-request',
      '--objective',
      'slo',
      '--budget',
      '45',
      '--repeat',
      '3',
      '--held-out-seeds',
      '10',
    ];
    const [one, two] = await Promise.all(
      ['1', '2'].map((workers) =>
        starlane('tune', PAIR, ...args, '--workers', workers, '--out', join(folder, `of-${workers}`)),
      ),
    );
    expect([one!.code, two!.code]).toEqual([0, 0]);
    const told = jsonIn(join(folder, 'of-1'));
    expect(jsonIn(join(folder, 'of-2'))).toEqual(told);
    const again = await starlane('tune', PAIR, ...args, '--workers', '1', '--out', join(folder, 'of-1'));
    expect(jsonIn(join(folder, 'of-1'))).toEqual({ ...told, taken: told.simulations });
    expect(again.out).toContain(`${told.simulations} simulations are of an earlier command.`);
  });

  test('takes back what is worse in a scenario that was held out', async () => {
    const out = join(folder, 'elsewhere');
    // Where no node is ever slow it costs to forget: nothing else tells of a queue.
    const range = ['--only', 'router.ewma.tauMs', '--vary', 'router.ewma.tauMs=200..800'];
    const args = ['--policy', 'peak-ewma', '--objective', 'ttft.p50', ...range, '--budget', '130'];
    const seeds = ['--repeat', '3', '--held-out-seeds', '25', '--workers', '1'];
    const { code, out: printed } = await starlane(
      'tune',
      FORGOTTEN,
      ...args,
      '--hold-out',
      PAIR,
      ...seeds,
      '--out',
      out,
    );
    expect(code).toBe(0);
    expect(printed).toContain(`Better on held-out seeds of its own scenario, worse on ${PAIR}: defaults kept.`);
    expect(jsonIn(out)).toMatchObject({
      verdict: 'worse-elsewhere',
      changes: {},
      heldOut: [
        { file: FORGOTTEN, standing: 'better' },
        { file: PAIR, standing: 'worse' },
      ],
    });
  });

  test('that Ctrl-C stops keeps what was simulated, and the same command goes on', async () => {
    const out = join(folder, 'stopped');
    const args = ['--policy', 'peak-ewma', '--budget', '60', '--duration', '30', ...SMALL, '--out', out];
    const command = new StarlaneProcess('tune', PAIR, ...args);
    const lines = () =>
      existsSync(join(out, 'trials.jsonl'))
        ? readFileSync(join(out, 'trials.jsonl'), 'utf8').split('\n').length - 1
        : 0;
    while (lines() < 8) await new Promise((next) => setTimeout(next, 5));
    command.interrupt();
    const { code, out: printed, err } = await command.ended;
    expect([code, err]).toEqual([130, '']);
    expect(printed).toContain('Stopped before the verdict; the same command goes on from here.');
    expect(jsonIn(out)).toMatchObject({ partial: true, verdict: null, changes: {} });
    expect(existsSync(join(out, 'tuned.yaml'))).toBe(false);
    const before = lines();
    const { code: whole } = await starlane('tune', PAIR, ...args);
    expect(whole).toBe(0);
    expect(jsonIn(out)).toMatchObject({ partial: false, taken: before });
    expect(existsSync(join(out, 'tuned.yaml'))).toBe(true);
  });

  test.each([
    [['--policy', 'peak-ewmas'], '--policy has "peak-ewmas", which is no policy; did you mean'],
    [['--policy', 'clairvoyant'], '--policy is clairvoyant, which knows what no live router can'],
    [['--policy', 'random'], '--policy is random, which has no parameters; expected --vary PATH=FROM..TO beside it'],
    [['--policy', 'c3', '--objective', 'ttft.p98'], '--objective has "ttft.p98", which is no metric'],
    [['--policy', 'c3', '--objective', 'regret.p99'], '--objective is regret.p99, which needs a bound beside each run'],
    [
      ['--policy', 'c3', '--vary', 'newestShare=0.5..2'],
      '--vary router.policies.c3.newestShare=2: router.policies.c3.newestShare is 2, expected at most 1',
    ],
    [['--policy', 'c3', '--budget', '40'], '--budget is 40, expected at least'],
    [['--policy', 'c3', '--hold-out', 'nowhere.yaml'], 'nowhere.yaml'],
  ])('%j is refused in one line', async (wrong, line) => {
    const { code, out, err } = await starlane('tune', PAIR, ...wrong, '--out', join(folder, 'refused'));
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([expect.stringContaining(line), '']);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});
