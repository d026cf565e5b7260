import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { type Ended, StarlaneProcess, starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a user gives it who started the run: both have one folder for temporary files. */
const faultBeside = (run: StarlaneProcess, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: run.temporary };
    execFile(process.execPath, ['cli/main.ts', 'fault', ...args], { env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe('starlane fault', { timeout: 180_000 }, () => {
  test('makes a node of a run that is under way misbehave, and the report says so', async () => {
    const file = join(folder, 'faulty.yaml');
    const text = readFileSync('test/scenarios/pair.yaml', 'utf8').replace('durationS: 3', 'durationS: 20');
    writeFileSync(file, `${text}\nfaults: { token: a-token-of-this-test }\n`);
    const run = new StarlaneProcess('run', file, '--out', join(folder, 'out'), '--policy', 'round-robin', '--json');
    await run.sent(2);
    const unknown = await faultBeside(run, 'ashbrun', 'hang', '--for', '1s');
    expect([unknown.code, unknown.err.trim()]).toEqual([
      2,
      'starlane: NODE is "ashbrun", which no run that is under way has; did you mean "ashburn"?',
    ]);
    const { code, out } = await faultBeside(run, 'ashburn', 'slow', '--for', '2s', '--factor', '3');
    expect([code, out]).toEqual([0, 'ashburn: slow for 2 s\n']);
    const ended = await run.ended;
    expect(ended.out).toMatch(/fault slow of node ashburn from \d+\.\d\d to \d+\.\d\d s/);
    expect(run.processes()).toEqual([]);
  });

  test.each([
    [['ashburn', 'hang'], '--for is missing, expected how long the hang lasts'],
    [['ashburn', 'crash', '--for', '2s'], '--for is 2 s, but a crash takes none'],
    [['ashburn', 'hang', '--for', '2s', '--share', '0.5'], '--share is given, but a hang has none'],
    [['ashburn', 'fail', '--for', '2s', '--share', '2'], '--share fail.share is 2, must be above 0 and at most 1'],
    [['ashburn', 'drain', '--at', '127.0.0.1:1'], '--token is missing, expected it with --at'],
  ])('%j is a mistake', async (args, message) => {
    const { code, err } = await starlane('fault', ...args);
    expect([code, err]).toEqual([2, `starlane: ${message}\n`]);
  });

  test('without a run that is under way says so', async () => {
    vi.stubEnv('DOCKER_HOST', 'unix:///nowhere.sock'); // somebody may have a topology with such a node
    const { code, err } = await starlane('fault', 'ashburn', 'drain');
    vi.unstubAllEnvs();
    expect([code, err]).toEqual([1, 'starlane: no local run is under way, expected one: starlane run FILE\n']);
  });
});
