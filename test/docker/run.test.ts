import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { containerName } from '../../hosts/compose/container-name.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { StarlaneProcess } from '../cli/starlane-process.ts';
import { clean, command, eventually, faultsOf, leftOf, linesOf } from './engine.ts';

const PAIR = 'test/scenarios/pair.yaml';
const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
const projects: string[] = [];
afterAll(async () => {
  for (const project of projects) await clean(project);
  rmSync(folder, { recursive: true, force: true });
});

/** A command, and the project that it makes. */
const run = (...args: readonly string[]): { readonly running: StarlaneProcess; readonly project: string } =>
  runOf(PAIR, ...args);

const runOf = (
  file: string,
  ...args: readonly string[]
): { readonly running: StarlaneProcess; readonly project: string } => {
  const running = new StarlaneProcess('run', file, '--host', 'compose', '--policy', 'round-robin', ...args);
  const project = `starlane-pair-${running.pidOf('cli/main.ts')}`;
  projects.push(project);
  return { running, project };
};

const containersOf = async (project: string): Promise<readonly string[]> =>
  linesOf(await docker(['ps', '--filter', `label=com.docker.compose.project=${project}`, '--format', '{{.Names}}']));

describe('starlane run --host compose', () => {
  test('runs a policy in containers, writes a summary of it, and leaves nothing behind', async () => {
    const out = join(folder, 'whole');
    const { running, project } = run('--out', out);
    const { code, out: printed, err } = await running.ended;
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    expect(summary).toMatchObject({ host: 'compose', shaper: expect.stringMatching(/^(relay|netem)$/) });
    const [result] = summary.runs;
    expect(result!.figures.answered).toBe(result!.figures.requests);
    expect(faultsOf(result!)).toEqual([]);
    expect(code).toBe(summary.valid ? 0 : 1);
    expect(printed).toMatch(/ on host compose, shaper (relay|netem), /);
    expect(err).toBe(
      summary.shaper === 'netem'
        ? ''
        : 'starlane: the kernel’s netem was not used: paths were played by shaper relay\n',
    );
    expect(await leftOf(project)).toEqual([]);
  });

  test('plays its timeline, is stopped by Ctrl-C with its results so far, leaves nothing behind and exits 130', async () => {
    const out = join(folder, 'stopped');
    const faulty = join(folder, 'pair.yaml');
    const timeline = [
      '{ atS: 1, router: true, kind: restart }',
      '{ atS: 4, forS: 0.5, path: ashburn/fibre, kind: blackhole }',
      '{ atS: 4, forS: 0.5, path: lagos/access, kind: blackhole }',
      '{ atS: 5, forS: 0.5, node: frankfurt, kind: slow }',
    ].join(', ');
    const text = readFileSync(PAIR, 'utf8');
    writeFileSync(faulty, `${text}\nfaults: { token: a-token-of-this-test, timeline: [${timeline}] }\n`);
    const { running, project } = runOf(faulty, '--out', out, '--duration', '60s');
    await eventually('the load runs', async () => (await containersOf(project)).some((name) => name.includes('load')));
    const seen = [
      'exec',
      containerName(project, 'users'),
      'sh',
      '-c',
      'grep -q \'"slow".*"ended"\' /run/starlane/run-*/frankfurt.jsonl && [ $(grep -c first-token /run/starlane/run-*/load.jsonl) -ge 20 ]',
    ];
    await eventually(
      'the timeline is over, and requests are answered',
      () =>
        docker(seen).then(
          () => true,
          () => false,
        ),
      60_000,
    );
    running.interrupt();
    const { code, out: printed } = await running.ended;
    expect(code).toBe(130);
    expect(printed).toContain('Stopped by Ctrl-C');
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
    const { figures, notes, invalidBecause } = summary.runs[0]!;
    expect(figures.answered).toBeGreaterThan(0);
    for (const [fault, atS, forS] of [
      ['restart of the router', 1, 1], // it is away for a second
      ['blackhole of path ashburn/fibre', 4, 0.5],
      ['blackhole of path lagos/access', 4, 0.5],
      ['slow of node frankfurt', 5, 0.5],
    ] as const) {
      const [, from, to] = new RegExp(`^fault ${fault} from (\\S+) to (\\S+) s$`, 'm').exec(notes.join('\n')) ?? [];
      // None begins or ends early; where the machine is busy it may be late, and the log has the instants that were.
      expect(Number(from), fault).toBeGreaterThanOrEqual(atS - 0.01);
      expect(Number(from), fault).toBeLessThan(atS + 3);
      expect(Number(to), fault).toBeGreaterThanOrEqual(atS + forS - 0.01);
      expect(Number(to), fault).toBeLessThan(atS + forS + 8);
    }
    expect(notes.join('\n')).not.toContain('not played');
    expect(invalidBecause.filter((reason) => /started anew|ended before|logged nothing/.test(reason))).toEqual([]);
    expect(await leftOf(project)).toEqual([]);
    expect(running.processes()).toEqual([]);
  });

  test('is stopped by Ctrl-C while containers start, leaves nothing behind and exits 130', async () => {
    const { running, project } = run('--out', join(folder, 'early'));
    await eventually('the first container is there', async () => (await containersOf(project)).length > 0);
    running.interrupt();
    expect((await running.ended).code).toBe(130);
    expect(await leftOf(project)).toEqual([]);
  });

  const args = [
    'cli/main.ts',
    'run',
    PAIR,
    '--host',
    'compose',
    '--policy',
    'round-robin',
    '--out',
    join(folder, 'none'),
  ];
  test('says in one line that Docker is not installed', async () => {
    const { code, err } = await command(process.execPath, args, { PATH: folder });
    expect(code).toBe(1);
    expect(withoutProgress(err)).toEqual(['starlane: docker is not installed: see starlane doctor --host compose']);
  });

  test('says in one line that the engine cannot be reached', async () => {
    const { code, err } = await command(process.execPath, args, { DOCKER_HOST: 'unix:///nowhere.sock' });
    expect(code).toBe(1);
    expect(withoutProgress(err)).toEqual([expect.stringMatching(/^starlane: docker .*unix:\/\/\/nowhere\.sock/)]);
  });

  /** Without the lines that a busy machine has time for: `+2 s 1/1 round-robin: building images`. */
  const withoutProgress = (text: string): readonly string[] => linesOf(text).filter((line) => !/^\+\d+ s /.test(line));
});
