import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ask, commandOutcome } from '../../cli/doctor/io/ask.ts';
import { portFacts } from '../../cli/doctor/io/networks.ts';
import { type Ended, starlane } from './starlane-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'starlane-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The doctor where `folder` is all that the PATH has. */
const doctorWithPath = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['cli/main.ts', 'doctor', ...args],
      { env: { ...process.env, PATH: folder } },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });

const checkOf = (out: string, name: string) =>
  (JSON.parse(out) as { checks: { name: string; status: string; found: string }[] }).checks.find(
    (check) => check.name === name,
  );

describe('starlane doctor', () => {
  test('--json says of each check what was found, what it means and what to do, and whether local can run', async () => {
    const { code, out, err } = await starlane('doctor', '--json');
    expect([code, err]).toEqual([0, '']);
    const { host, canRun, checks } = JSON.parse(out);
    expect([host, canRun]).toEqual(['local', true]);
    for (const check of checks) {
      expect(Object.keys(check)).toEqual(['name', 'status', 'found', 'means', 'fix', 'counts']);
      expect(check.fix === null).toBe(check.status === 'ok');
    }
    expect(checkOf(out, 'runtime')).toMatchObject({ status: 'ok' });
    for (const name of ['processor', 'memory', 'disk', 'net-admin', 'ports', 'networks']) {
      expect(checkOf(out, name)?.found).not.toContain('could not be told');
    }
    expect(checkOf(out, 'timers')?.found).toMatch(/400 timers|no answer within/);
  });

  test('without Docker says so, which keeps compose from running and nothing else', async () => {
    const compose = await doctorWithPath('--host', 'compose');
    expect([compose.code, compose.err]).toEqual([1, '']);
    expect(compose.out).toMatch(/\ncompose: cannot run: no docker command on the PATH\n$/);
    const local = await doctorWithPath('--json');
    expect(local.code).toBe(0);
    expect(checkOf(local.out, 'docker')).toMatchObject({ status: 'fail', counts: false });
  });

  test('does not wait for an engine that hangs', async () => {
    const docker = join(folder, 'docker');
    writeFileSync(docker, '#!/bin/sh\nexec /bin/sleep 20\n');
    chmodSync(docker, 0o755);
    const { code, out } = await doctorWithPath('--host', 'compose');
    rmSync(docker);
    expect(code).toBe(1);
    expect(out).toMatch(/cannot run: .*no answer within 2(\.1)? s\)?\n$/);
  });

  test('answers a host that is none in one line, with exit code 2', async () => {
    const { code, out, err } = await starlane('doctor', '--host', 'cloud');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^starlane: .*'cloud' is invalid.*simulate, local, compose.*\n$/);
  });
});

describe('a probe', () => {
  test('finds a port that is listened on, and one that is not', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await portFacts([{ port, what: 'us' }])).toEqual([{ port, what: 'us', refusal: 'EADDRINUSE' }]);
    await new Promise((resolve) => server.close(resolve));
    expect(await portFacts([{ port, what: 'us' }])).toEqual([{ port, what: 'us', refusal: null }]);
  });

  test('that fails or hangs is an answer', async () => {
    const failing = ask(1000, () => {
      throw new Error('no such file');
    });
    expect(await failing).toEqual({ kind: 'unknown', reason: 'no such file' });
    expect(await ask(20, () => new Promise(() => {}))).toEqual({ kind: 'unknown', reason: 'no answer within 0.02 s' });
    expect(await ask(1000, () => 7)).toEqual({ kind: 'known', value: 7 });
  });

  test('tells how a command went', async () => {
    const node = process.execPath;
    expect(await commandOutcome(join(folder, 'none'), [], 1000)).toEqual({ kind: 'absent' });
    expect(await commandOutcome(node, ['-e', 'console.error("no"); process.exit(3)'], 20_000)).toEqual({
      kind: 'ended',
      code: 3,
      out: '',
      err: 'no\n',
    });
    expect(await commandOutcome(node, ['-e', 'setInterval(() => {}, 1000)'], 50)).toEqual({
      kind: 'late',
      afterMs: 50,
    });
  });
});
