import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerName } from '../../hosts/compose/container-name.ts';
import { ComposeProject, subnetEnvironment } from '../../hosts/compose/io/compose-project.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import { starlane } from '../cli/starlane-process.ts';
import { clean, command, linesOf, projectName } from './engine.ts';

/** `docker compose up`, as of somebody who did not ask `starlane validate` first. */
describe('a topology whose configuration is wrong', () => {
  const name = projectName('refused');
  const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  const scenario = join(folder, 'pair.yaml');
  const file = join(folder, 'docker-compose.yml');
  let environment: Readonly<Record<string, string>> = {};

  const generate = () => starlane('compose', scenario, '--out', file);
  const compose = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    command('docker', ['compose', '--project-name', name, '--file', file, ...args], { ...environment, ...variables });
  /** What the parts said, without the control codes that Compose sometimes puts before a line. */
  const said = async (): Promise<readonly string[]> =>
    linesOf(stripVTControlCharacters((await compose(['logs', '--no-color'])).out));
  const ofItsOwn = ['ps', '--all', '--filter', `label=com.docker.compose.project=${name}`, '--format'];
  /** The state of every container, with its name where it is still up. */
  const states = async (): Promise<readonly string[]> => {
    const ids = linesOf(await docker([...ofItsOwn, '{{.ID}}']));
    const format = '{{if ne .State.Status "exited"}}{{.Name}} {{end}}{{.State.Status}} {{.RestartCount}}';
    return linesOf(await docker(['inspect', ...ids, '--format', format]));
  };

  beforeAll(async () => {
    copyFileSync('test/scenarios/pair.yaml', scenario);
    expect(await generate()).toMatchObject({ code: 0 });
    environment = { ...(await subnetEnvironment()), STARLANE_PORT: '0' };
    await new ComposeProject({ name, file, routers: ['router'], environment }).build();
  });
  afterAll(async () => {
    await clean(name);
    rmSync(folder, { recursive: true, force: true });
  });

  const endsWith = async (expected: RegExp, variables: Readonly<Record<string, string>> = {}): Promise<void> => {
    expect(await compose(['up', '--no-build', '--detach'], variables)).toMatchObject({ code: 0 });
    // It ends by itself. Where it does not, this says which container is still up.
    await expect.poll(async () => new Set(await states()), { timeout: 150_000 }).toEqual(new Set(['exited 0']));
    const told = (await said()).filter((line) => line.includes('starlane: '));
    expect(told).toEqual([expect.stringMatching(expected)]);
  };

  test('ends with one line where the policy is none', async () => {
    await endsWith(/^router-1 +\| starlane: STARLANE_POLICY has "no-such", which is no policy; /, {
      STARLANE_POLICY: 'no-such',
    });
    const { out, code } = await starlane('status');
    expect(out).toMatch(/^ {2}router +Exited \(0\) .* STARLANE_POLICY has "no-such"/m);
    expect(code).toBe(1);
  });

  test('ends with one line where the shaper is none', async () => {
    await endsWith(/^router-1 +\| starlane: STARLANE_SHAPER is "tc"; /, { STARLANE_SHAPER: 'tc' });
  });

  test('ends with one line where only agents find out that the shaper cannot be had', async ({ skip }) => {
    const kernel = await command('docker', [
      'run',
      '--rm',
      '--cap-add',
      'NET_ADMIN',
      'starlane-agent',
      'tc',
      'qdisc',
      'add',
      'dev',
      'lo',
      'root',
      'netem',
      'delay',
      '1ms',
    ]);
    skip(kernel.code === 0, 'this kernel has netem');
    await endsWith(/^router-agent-1 +\| starlane: STARLANE_SHAPER is netem, but this kernel has no sch_netem/, {
      STARLANE_SHAPER: 'netem',
    });
  });

  test('says so where the scenario is edited while it runs, and ends with one line where the edit is a mistake', async () => {
    expect((await compose(['up', '--no-build', '--detach', '--wait'])).code).toBe(0);
    appendFileSync(scenario, '\n# edited\n');
    expect((await starlane('status')).out).toMatch(
      new RegExp(`^${name} .*\\n {2}the scenario was edited since: .* docker compose up -d$`, 'm'),
    );
    const script = "fetch('http://127.0.0.1:9464/health').then(async (said) => console.log(await said.text()))";
    const asked = await docker(['exec', containerName(name, 'router'), 'node', '-e', script]);
    expect(JSON.parse(asked)).toMatchObject({ ok: true, note: expect.stringContaining('was edited since') });
    writeFileSync(scenario, readFileSync(scenario, 'utf8').replace('durationS:', 'durationZ:'));
    expect((await compose(['down', '--timeout', '1'])).code).toBe(0);
    await endsWith(/^router-1 +\| starlane: .*pair\.yaml.*durationZ/);
  });
});
