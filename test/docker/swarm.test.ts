import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ComposeProject, subnetEnvironment } from '../../hosts/compose/io/compose-project.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { starlane } from '../cli/starlane-process.ts';
import { command, eventually, faultsOf, linesOf, projectName } from './engine.ts';

const PAIR = 'test/scenarios/pair.yaml';

/** An engine that is part of somebody's swarm is left alone. */
const isFree = (await docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])).trim() === 'inactive';

describe.skipIf(!isFree)('a compose file on Docker Swarm', () => {
  const name = projectName('swarm');
  const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  const file = join(folder, 'docker-compose.yml');

  beforeAll(async () => {
    await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
    expect(await starlane('compose', PAIR, '--out', file)).toMatchObject({ code: 0 });
    const environment = { ...(await subnetEnvironment()), STARLANE_PORT: '0' };
    await new ComposeProject({ name, file, routers: ['router'], environment }).build();
    const args = ['stack', 'deploy', '--compose-file', file, '--resolve-image', 'never', name];
    expect(await command('docker', args, environment)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await docker(['stack', 'rm', name]).catch(() => {});
    const filter = ['--filter', `label=com.docker.stack.namespace=${name}`];
    await eventually(
      'its containers are gone',
      async () => (await docker(['ps', '--all', '--quiet', ...filter])) === '',
    );
    await docker(['swarm', 'leave', '--force']);
    await eventually('its volume is gone', () =>
      docker(['volume', 'rm', '--force', `${name}_run`]).then(
        () => true,
        () => false,
      ),
    );
    rmSync(folder, { recursive: true, force: true });
  });

  test('answers a load that is scaled up once, through relays in the containers of the parts', async () => {
    await docker([
      'service',
      'update',
      '--detach',
      '--replicas',
      '1',
      '--args',
      '--duration 4s --json',
      `${name}_load`,
    ]);
    const tasks = (): Promise<string> =>
      docker(['service', 'ps', `${name}_load`, '--format', '{{.CurrentState}}', '--filter', 'desired-state=shutdown']);
    await eventually('the load has ended', async () => /^(Complete|Failed)/m.test(await tasks()), 150_000);
    const said = await docker(['service', 'logs', '--raw', `${name}_load`]);
    const summary = JSON.parse(said.slice(said.indexOf('{\n'))) as Summary;
    expect(summary).toMatchObject({ host: 'compose', shaper: 'relay' });
    const [result] = summary.runs;
    expect(faultsOf(result!)).toEqual([]);
    expect(result!.figures.answered).toBe(result!.figures.requests);
    expect(result!.figures.answered).toBeGreaterThan(0);
    expect(result!.figures.delayErrorMs.p50).toBeGreaterThan(-1); // unshaped, it would be less by the whole path
    expect(linesOf(await tasks())).toHaveLength(1); // it is not started again
  });
});
