import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../../core/event/event.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { type Ended, StarlaneProcess, starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a user gives it who started the run: both have one folder for temporary files. */
const reloadBeside = (run: StarlaneProcess, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: run.temporary };
    execFile(process.execPath, ['cli/main.ts', 'reload', ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe('starlane run --watch-router', { timeout: 180_000 }, () => {
  test('all routers go on with an edited file or none, no request is lost, and the results say what changed when', async () => {
    const file = join(folder, 'two.yaml');
    const out = join(folder, 'out');
    const text = readFileSync('test/scenarios/two-routers.yaml', 'utf8').replace('durationS: 3', 'durationS: 40');
    const withRouter = (keys: string): string => text.replace('kind: ephemeris }', `kind: ephemeris }, ${keys}`);
    const replaced = (by: string): void => {
      writeFileSync(`${file}.new`, by);
      renameSync(`${file}.new`, file);
    };
    writeFileSync(file, text);
    const run = new StarlaneProcess('run', file, '--watch-router', '--out', out, '--policy', 'peak-ewma', '--json');
    await run.sent(2);

    writeFileSync(file, withRouter('subset: 1'));
    expect(await run.said(/reloaded: (.*)$/)).toBe('router.subset all -> 1');
    replaced(withRouter('subset: none'));
    expect(await run.said(/not reloaded: (.*)$/)).toMatch(/^.*two\.yaml:\d+:\d+: router\.subset is "none"/);
    replaced(withRouter('subset: 1, dataPath: node-http2'));
    const refused = await run.said(/not reloaded: (.*dataPath.*)$/);
    expect(refused).toMatch(/^.*two\.yaml:\d+:\d+: router\.dataPath is node-http2 and was frames, expected no change/);
    const again = await reloadBeside(run);
    expect([again.code, again.err.trim()]).toEqual([2, `starlane: ${refused}`]);
    writeFileSync(file, withRouter('ejection: { consecutive: 2 }'));
    const byHand = await reloadBeside(run, file); // the watch may have been first
    expect([byHand.code, byHand.err]).toEqual([0, '']);
    expect(await run.said(/reloaded: (.*ejection.*)$/)).toBe(
      'router.subset 1 -> all, router.ejection.consecutive 5 -> 2',
    );

    const ended = await run.ended;
    const summary = JSON.parse(ended.out) as Summary;
    const [result] = summary.runs;
    const reloads = result!.reloads!;
    const first = { changes: [{ key: 'router.subset', from: 'all', to: 1 }] };
    expect(reloads).toMatchObject([first, first, {}, {}]);
    for (const pair of [reloads.slice(0, 2), reloads.slice(2)])
      expect(pair.map(({ router }) => router).toSorted()).toEqual(['america', 'europe']);
    expect(result!.notes).toContainEqual(
      expect.stringMatching(/^at \d+\.\d\d s router europe went on with router\.subset all -> 1$/),
    );
    const { requests, answered } = result!.figures;
    expect(answered).toBe(requests);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toMatch(
      /<path class="reload"[^>]*><title>router (europe|america) went on with/,
    );
    const events = readFileSync(join(out, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    const outcomes = new Set(events.flatMap((event) => (event.kind === 'finished' ? [event.outcome] : [])));
    expect([...outcomes]).toEqual(['answered']);
    // While a router had a subset of one node, it used no other.
    const times = reloads.filter(({ router }) => router === 'europe').map(({ atMs }) => atMs);
    const used = events.flatMap((event) =>
      event.kind === 'routed' && event.router === 'europe' && event.atMs > times[0]! && event.atMs < times[1]!
        ? [event.endpoint.split('/')[1]]
        : [],
    );
    expect(new Set(used).size).toBe(1);
    expect(run.processes()).toEqual([]);
  });

  test('is of processes of this machine', async () => {
    const { code, err } = await starlane('run', 'test/scenarios/pair.yaml', '--host', 'compose', '--watch-router');
    expect([code, err]).toEqual([
      2,
      'starlane: --watch-router is given with --host compose, expected it with --host local alone\n',
    ]);
  });
});

test('starlane reload without a run that is under way says so', async () => {
  const { code, err } = await starlane('reload');
  expect([code, err]).toEqual([
    2,
    'starlane: FILE is missing, expected the edited scenario, or a local run: starlane run FILE\n',
  ]);
});
