import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerName } from '../../hosts/compose/container-name.ts';
import { ComposeProject, subnetEnvironment } from '../../hosts/compose/io/compose-project.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import { commitOf } from '../../report/io/commit.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { standingParts } from '../../scenario/deployment/parts.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { starlane } from '../cli/starlane-process.ts';
import { answerOf, clean, command, faultsOf, leftOf, linesOf, projectName } from './engine.ts';

/** `docker compose up` in this folder, as somebody does who has just cloned it. */
describe('the committed docker-compose.yml', () => {
  const name = projectName('atlantic');
  let environment: Readonly<Record<string, string>> = {};
  let topology: StartedDockerComposeEnvironment;
  let router = '';
  let startedMs = 0;

  beforeAll(async () => {
    expect(await starlane('compose', 'scenarios/atlantic.yaml')).toMatchObject({ code: 0, err: '' });
    environment = { ...(await subnetEnvironment()), STARLANE_PORT: '0', STARLANE_POLICY: 'peak-ewma' };
    await new ComposeProject({ name, file: 'docker-compose.yml', routers: ['router'], environment }).build();
    startedMs = performance.now();
    topology = await new DockerComposeEnvironment('.', 'docker-compose.yml')
      .withProjectName(name)
      .withEnvironment({ ...environment })
      .withDefaultWaitStrategy(Wait.forLogMessage(/: ready/))
      .up();
    router = (await docker(['port', containerName(name, 'router'), '50051'])).trim();
  });
  afterAll(() => clean(name));

  const containers = async (): Promise<readonly string[]> =>
    linesOf(await docker(['ps', '--filter', `label=com.docker.compose.project=${name}`, '--format', '{{.Names}}']));

  test('answers a gRPC call from this machine with a stream of tokens', async () => {
    let firstMs = 0;
    const messages = await answerOf(router, 20, () => {
      firstMs = performance.now();
    });
    expect(messages).toBeGreaterThan(1);
    console.log(`from \`up\` to the first token: ${Math.round(firstMs - startedMs)} ms, images built before`);
  });

  test('has a container for every part', async () => {
    const expected = standingParts(readScenario('scenarios/atlantic.yaml'))
      .map((part) => part.name.replace(/^users-agent$/, 'users'))
      .map((part) => containerName(name, part));
    expect((await containers()).toSorted()).toEqual(expected.toSorted());
  });

  test('gives no process more than it needs: no root, no writing, no capability but that of the agents', async () => {
    for (const container of await containers()) {
      const [inspected] = JSON.parse(await docker(['inspect', container])) as [Inspected];
      const { HostConfig: host, Config: config, Mounts: mounts } = inspected;
      const isAgent = config.Image === 'starlane-agent';
      expect(config.User, container).toBe('node');
      expect(host.ReadonlyRootfs, container).toBe(true);
      expect(host.Privileged, container).toBe(false);
      expect(host.CapDrop, container).toEqual(['ALL']);
      expect(host.CapAdd ?? [], container).toEqual(isAgent ? ['NET_ADMIN'] : []);
      expect(host.Memory, container).toBeGreaterThan(0);
      expect(mounts.filter(({ Type }) => Type === 'volume').map(({ Destination }) => Destination)).toEqual([
        '/run/starlane',
      ]);
      expect(mounts.map(({ Source }) => Source).filter((source) => source.includes('docker.sock'))).toEqual([]);
      const all = await docker(['exec', container, 'sh', '-c', 'cat /proc/[0-9]*/status']);
      // What runc is about to turn into a health check has not dropped its capabilities yet.
      const statuses = all
        .split(/^(?=Name:)/m)
        .filter((text) => !text.startsWith('Name:\trunc'))
        .join('');
      const allowed = isAgent ? [0n, NET_ADMIN] : [0n];
      for (const [, effective] of statuses.matchAll(/^CapEff:\s*(\S+)/gm)) {
        expect(allowed, container).toContain(BigInt(`0x${effective}`));
      }
      expect(
        [...statuses.matchAll(/^Uid:\s*(\d+)/gm)].map(([, uid]) => uid),
        container,
      ).not.toContain('0');
      const written = await command('docker', ['exec', container, 'touch', '/app/written']);
      expect(written.err, container).toContain('Read-only file system');
    }
  });

  /** In a shell that knows nothing of how the topology was brought up. */
  const load = (args: readonly string[], variables: Readonly<Record<string, string>> = {}) =>
    command('docker', ['compose', '--project-name', name, 'run', '--rm', '-T', 'load', ...args], variables);

  test('takes a load from beside it, which names the policy that runs and changes no container', async () => {
    const own = ['--quiet', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`];
    const ids = await docker(['ps', ...own]);
    const { out } = await load(['--duration', '5s']);
    expect(out).toMatch(/^atlantic \([0-9a-f]{12}\) on host compose, shaper (relay|netem), /m);
    expect(out).toMatch(/^policy\s+TTFT p50/m);
    expect(out).toMatch(/^peak-ewma\s+\d/m);
    expect(out).not.toMatch(/started anew|logged nothing|ended before|could not write/);
    expect(await docker(['ps', ...own])).toBe(ids);
    const path = /^Results: (results\/run-\S+\/summary\.json);/m.exec(out)![1]!;
    const summary = JSON.parse(readFileSync(path, 'utf8')) as Summary;
    expect(summary).toMatchObject({ host: 'compose', commit: commitOf() });
    rmSync(dirname(path), { recursive: true });
  });

  test('refuses a load for another policy with one line and exit code 2', async () => {
    const { code, err } = await load(['--duration', '5s'], { STARLANE_POLICY: 'random' });
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^starlane: STARLANE_POLICY is random, but the topology runs peak-ewma: .*\n$/),
    ]);
  });

  test('compares policies in one load, each run by its own, and runs the first one again afterwards', async () => {
    const { out } = await load(['--policy', 'round-robin,least-request', '--duration', '3s', '--json']);
    const { runs } = JSON.parse(out) as Summary;
    expect(runs.map(({ key }) => key.policy)).toEqual(['round-robin', 'least-request']);
    for (const run of runs) {
      expect(run.figures.answered).toBeGreaterThan(0);
      expect(faultsOf(run)).toEqual([]);
    }
    expect((await load(['--only-wait'])).out).toMatch(/policy peak-ewma$/m);
    for (const folder of readdirSync('results')) {
      if (folder.startsWith('run-')) rmSync(join('results', folder), { recursive: true });
    }
  });

  test('runs beside a second topology, and neither takes the other down', async () => {
    const second = projectName('second');
    try {
      const other = await starlane('up', PAIR, '--name', second, '--port', '0');
      expect(other).toMatchObject({ code: 0, err: '' });
      const address = /listens on (\S+)/.exec(other.out)![1]!;
      const messages = await Promise.all([answerOf(address, 5), answerOf(router, 5)]);
      expect(Math.min(...messages)).toBeGreaterThan(0);
      expect(await starlane('down', second)).toMatchObject({ code: 0, err: '' });
      expect(await leftOf(second)).toEqual([]);
      expect(await answerOf(router, 5)).toBeGreaterThan(0);
    } finally {
      await clean(second);
      rmSync(join('results', second), { recursive: true, force: true });
    }
  });

  test('leaves nothing behind when it is taken down', async () => {
    await topology.down({ removeVolumes: true });
    expect(await leftOf(name)).toEqual([]);
  });
});

interface Inspected {
  readonly Config: { readonly Image: string; readonly User: string };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Privileged: boolean;
    readonly CapDrop: readonly string[];
    readonly CapAdd: readonly string[] | null;
    readonly Memory: number;
  };
  readonly Mounts: readonly { readonly Type: string; readonly Source: string; readonly Destination: string }[];
}

const PAIR = 'test/scenarios/pair.yaml';

/** The bit of CAP_NET_ADMIN, 12, in linux/capability.h. */
const NET_ADMIN = 1n << 12n;
