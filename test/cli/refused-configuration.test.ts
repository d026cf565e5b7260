import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ended } from './starlane-process.ts';

const PAIR = 'test/scenarios/pair.yaml';

/** The parts of a topology, as processes of this machine: none of them gets as far as to use its network. */
describe('a configuration that is wrong ends every part of a topology, with one line of one of them', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const started = (main: string, name: string, variables: Readonly<Record<string, string>> = {}) => {
    const own = { STARLANE_PART: name, STARLANE_RUN_FOLDER: folder, STARLANE_SCENARIO: PAIR, ...SUBNETS };
    return spawn(process.execPath, [main], { env: { ...process.env, ...own, ...variables } });
  };
  const part = (...of: Parameters<typeof started>): Promise<Ended> =>
    new Promise((resolve) => {
      const child = started(...of);
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const killing = setTimeout(() => child.kill('SIGKILL'), 120_000); // it does not end by itself
      child.on('close', (code) => {
        clearTimeout(killing);
        resolve({ code, out, err });
      });
    });

  const all = (variables: Readonly<Record<string, string>>): Promise<readonly Ended[]> =>
    Promise.all([
      part('parts/node.ts', 'ashburn', variables),
      part('parts/node.ts', 'frankfurt', variables),
      part('parts/router.ts', 'router', variables),
    ]);

  test('where all find it: a scenario with a mistake', async () => {
    const scenario = join(folder, 'wrong.yaml');
    writeFileSync(scenario, readFileSync(PAIR, 'utf8').replace('durationS:', 'durationZ:'));
    const ended = await all({ STARLANE_SCENARIO: scenario });
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]); // 1 would have Docker start them again
    expect(ended.map(({ err }) => err)).toEqual(['', '', expect.stringMatching(/^starlane: .*wrong\.yaml.*\n$/)]);
  });

  test('where one finds it: a policy that nobody has', async () => {
    const ended = await all({ STARLANE_POLICY: 'no-such' });
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ended.map(({ err }) => err)).toEqual([
      '',
      '',
      expect.stringMatching(/^starlane: STARLANE_POLICY has "no-such", which is no policy; expected one of .*\n$/),
    ]);
  });

  test('but no part that is told something else', async () => {
    const refusal = { line: 'no', digest: 'of another', atUnixMs: Date.now() + 60_000 };
    writeFileSync(join(folder, 'refusal.json'), JSON.stringify(refusal));
    const node = started('parts/node.ts', 'ashburn');
    const birth = join(folder, 'ashburn.birth');
    while (!existsSync(birth) && node.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 1500)); // it looks every half a second
    expect(node.exitCode).toBeNull();
    node.kill('SIGKILL');
  });
});

const SUBNETS = {
  STARLANE_FIBRE_SUBNET: '198.18.16.0/24',
  STARLANE_LASER_SUBNET: '198.18.17.0/24',
  STARLANE_ACCESS_SUBNET: '198.18.18.0/24',
};
