import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerName } from '../../hosts/compose/container-name.ts';
import { subnetEnvironment } from '../../hosts/compose/io/compose-project.ts';
import { beginContainerFault, type ContainerFaultKind } from '../../hosts/compose/io/container-faults.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import type { RunFigures, RunResult, Summary } from '../../report/summary-schema.ts';
import { GRPC_PORT } from '../../scenario/deployment/ports.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';
import { starlane } from '../cli/starlane-process.ts';
import { answerOf, clean, command, eventually, faultsOf, leftOf, linesOf, pingMs, projectName } from './engine.ts';

const PAIR = 'test/scenarios/pair.yaml';
const name = projectName('faults');
const own = mkdtempSync(join(tmpdir(), 'starlane-test-'));
const scenario = join(own, 'pair.yaml');
const file = join('results', name, 'docker-compose.yml');
const container = (part: string): string => containerName(name, part);
const compose = (...args: readonly string[]) => command('docker', ['compose', '--file', file, ...args]);

/**
 * What a load comes to when `during` happens to it; it is stopped two seconds later, so that a busy machine has the time that it needs.
 * A load of `seconds` ends by itself instead.
 */
const loadWith = async (during: () => Promise<unknown>, seconds: number | null = null): Promise<RunResult> => {
  const beside = `${name}-load`;
  const before = (await folders()).length; // other tests have loads of their own
  const args = ['load', '--json', '--duration', `${seconds ?? 100}s`];
  const load = compose('run', '--rm', '-T', '--name', beside, ...args);
  await eventually('a run is recorded', async () => (await folders()).length > before);
  await eventually('its first request is answered', hasBegun);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await during();
  if (seconds === null) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await docker(['kill', '--signal', 'INT', beside]);
  }
  const { out, err } = await load;
  if (!out.startsWith('{')) throw new Error(`the load printed no summary: ${err}`);
  const summary = JSON.parse(out) as Summary;
  const [result] = summary.runs;
  expect(summary.valid).toBe(result!.invalidBecause.length === 0);
  if (seconds !== null) return result!;
  const ofTheStop = /^interrupted after|requests were still open when the run ended$/;
  expect(result!.invalidBecause).toContainEqual(expect.stringMatching(ofTheStop));
  return { ...result!, invalidBecause: result!.invalidBecause.filter((reason) => !ofTheStop.test(reason)) };
};
const folders = async (): Promise<readonly string[]> =>
  linesOf(await docker(['exec', container('users'), 'ls', '/run/starlane'])).filter((entry) =>
    entry.startsWith('run-'),
  );

/** The same fault without a process to start, which takes seconds where the machine is busy. */
const faultAtOnce = async (service: string, kind: ContainerFaultKind, lastsMs = 0): Promise<void> => {
  const { takeBack } = await beginContainerFault({ project: name, service }, kind);
  if (lastsMs === 0) return;
  await new Promise((resolve) => setTimeout(resolve, lastsMs));
  await takeBack();
};

/** A fault by command, which ends when the fault does. */
const fault = async (...args: readonly string[]): Promise<void> => {
  expect(await starlane('fault', ...args, '--name', name)).toMatchObject({ code: 0, err: '' });
};

/** Whether the last of the runs has a token. */
const hasBegun = async (): Promise<boolean> => {
  const last = `/run/starlane/${(await folders()).toSorted().at(-1)}`;
  return (
    (await command('docker', ['exec', container('users'), 'grep', '-q', 'first-token', `${last}/load.jsonl`])).code ===
    0
  );
};

/** Whether it was up again while the run was recorded depends on the machine; that it was down in between does not. */
const expectStopped = (result: RunResult, part: string): void => {
  const said = [`${part} was started anew during the run`, `${part} ended before the run did`];
  expect(faultsOf(result).filter((fault) => said.includes(fault))).not.toEqual([]);
};

const addsUp = ({ requests, answered, failed, refused, cancelled, dropped, open, interrupted }: RunFigures): void =>
  expect(answered + failed + refused + cancelled + dropped + open + interrupted).toBe(requests);

/** An IPv4 address and the port of nodes as /proc/net/tcp shows them. */
const hexOf = (address: string): string =>
  address
    .split('.')
    .toReversed()
    .map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase())
    .join('');
const NODE_PORT_HEX = GRPC_PORT.toString(16).toUpperCase();

/** The least that the fibre to Ashburn takes there and back, in ms. */
const plannedMs = ((): number => {
  const { forward, back } = linksOf(topologyOf(readScenario(PAIR))).get('ashburn/fibre')!;
  return [forward, back]
    .map((link) => link.stateAt(0))
    .reduce((sum, { delayUs, jitterUs }) => sum + (delayUs - jitterUs) / 1000, 0);
})();

/** What delays the bytes here. */
const shaperOf = async (): Promise<string> => {
  const { out } = await compose('run', '--rm', '-T', 'load', '--only-wait');
  return /shaper (\w+)/.exec(out)![1]!;
};

const everyPartIsWell = (): Promise<void> => {
  const parts = ['ashburn', 'frankfurt', 'router'].flatMap((part) => [`${part}:9464`, `${part}:9465`]);
  const script = `
    const isWell = async (part) => (await (await fetch('http://' + part + '/health')).json()).ok;
    Promise.all(${JSON.stringify(parts)}.map(isWell)).then((wells) => process.exit(wells.every((ok) => ok) ? 0 : 1));`;
  return eventually('every part is healthy', async () => {
    const { code } = await command('docker', ['exec', container('users'), 'node', '-e', script]);
    return code === 0;
  });
};

describe('a topology that `starlane up` brought up', () => {
  let address = '';
  beforeAll(async () => {
    writeFileSync(scenario, `${readFileSync(PAIR, 'utf8')}\nfaults: { token: a-token-of-this-test }\n`);
    const up = await starlane('up', scenario, '--name', name, '--port', '0', '--policy', 'round-robin');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toMatch(/^every part is healthy: shaper (relay|netem), policy round-robin$/m);
    address = /listens on (\S+)/.exec(up.out)![1]!;
  });
  afterAll(async () => {
    await clean(name);
    rmSync(join('results', name), { recursive: true, force: true });
    rmSync(own, { recursive: true, force: true });
  });

  test('answers, delays as planned, and is listed as healthy', async () => {
    expect(await answerOf(address, 5)).toBeGreaterThan(0);
    expect(await pingMs(name, 'router', 'ashburn.fibre:50051')).toBeGreaterThan(plannedMs - 1);
    const { out } = await starlane('status');
    expect(out).toContain(`${name} (scenario pair)\n`);
    expect(out).toMatch(/^ {2}router-agent +Up /m);
    const listed = JSON.parse((await starlane('status', '--json')).out) as readonly {
      readonly project: string;
      readonly containers: readonly { readonly status: string }[];
    }[];
    const own = listed.find(({ project }) => project === name)!;
    expect(own.containers.map(({ status }) => status.slice(0, 2))).toEqual(Array(7).fill('Up'));
  });

  test('shows the output of its parts', async () => {
    const { code, out, err } = await starlane('logs', name);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/router-agent.*shaper (relay|netem)/);
    expect(out).toMatch(/ashburn.*: ready/);
    expect(await starlane('logs', 'no-such')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^starlane: no-such is not running; .*\n$/),
    });
    expect(await starlane('down', 'no-such')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^starlane: no-such is not running; .*\n$/),
    });
  });

  test('an undisturbed run has no fault', async () => {
    const result = await loadWith(async () => {}, 3);
    expect(faultsOf(result)).toEqual([]);
    expect(result.figures.answered).toBe(result.figures.requests);
  });

  test('an agent that crashes comes back by itself and shapes again, and the run is not valid', async () => {
    const result = await loadWith(() => faultAtOnce('ashburn-agent', 'crash'));
    expectStopped(result, 'ashburn-agent');
    addsUp(result.figures);
    await everyPartIsWell();
    expect(await pingMs(name, 'router', 'ashburn.fibre:50051')).toBeGreaterThan(plannedMs - 1);
  });

  test('nothing passes unshaped while an agent that was killed is away; one that is told to end leaves no trace', async () => {
    const ping = () => pingMs(name, 'router', 'ashburn.fibre:50051').catch(() => Number.POSITIVE_INFINITY);
    await docker(['kill', container('ashburn-agent')]);
    expect(await ping()).toBeGreaterThan(plannedMs - 1);
    await docker(['start', container('ashburn-agent')]);
    await everyPartIsWell();
    await docker(['stop', container('ashburn-agent')]);
    expect(await ping()).toBeLessThan(plannedMs - 1);
    await docker(['start', container('ashburn-agent')]);
    await everyPartIsWell();
    expect(await ping()).toBeGreaterThan(plannedMs - 1);
  });

  test('a part that is paused makes the run invalid, by its name', async () => {
    const result = await loadWith(() => fault('ashburn', 'pause', '--for', '1.5s'));
    expect(result.invalidBecause).toContainEqual(expect.stringMatching(/^ashburn stood still for \d/));
    expect(faultsOf(result)).toEqual([]);
    addsUp(result.figures);
  });

  test('a second load is refused while one is recorded, in one line', async () => {
    let second: Awaited<ReturnType<typeof compose>> | null = null;
    const result = await loadWith(async () => {
      second = await compose('run', '--rm', '-T', 'load', '--duration', '1s');
    });
    expect(second).toMatchObject({ code: 1, err: expect.stringMatching(/^starlane: run-.* one load at a time$/m) });
    expect(faultsOf(result)).toEqual([]);
  });

  test('a router that is restarted makes the run invalid, by its name', async () => {
    const result = await loadWith(() => faultAtOnce('router', 'restart'));
    expectStopped(result, 'router');
    addsUp(result.figures);
    await everyPartIsWell();
    expect(await answerOf((await docker(['port', container('router'), '50051'])).trim(), 5)).toBeGreaterThan(0);
  });

  test('an agent of the router that is killed comes back when its time is over, and users are served again', async () => {
    await fault('router-agent', 'kill', '--for', '2s');
    await everyPartIsWell();
    const { out, code } = await starlane('load', '--name', name, '--duration', '2s', '--json');
    const { runs } = JSON.parse(out) as Summary;
    expect([code, faultsOf(runs[0]!)]).toEqual([expect.any(Number), []]);
    expect(runs[0]!.figures.answered).toBe(runs[0]!.figures.requests);
  });

  test.each(['fibre', 'laser'] as const)(
    'a node that loses its %s for a while has it again, at the same address and shaped',
    async (medium) => {
      const result = await loadWith(() => faultAtOnce('ashburn', `lose-${medium}`, 2000));
      expect(result.invalidBecause).toContainEqual(
        expect.stringMatching(new RegExp(`^ashburn-agent.* ashburn left the network ${medium}: waiting`)),
      );
      addsUp(result.figures);
      await everyPartIsWell();
      expect(await pingMs(name, 'router', `ashburn.${medium}:50051`)).toBeGreaterThan(
        medium === 'fibre' ? plannedMs - 1 : 10,
      );
    },
  );

  test('a node is made slow through its control, which is not published; a fault that it cannot have is refused in one line', async () => {
    const result = await loadWith(() => fault('ashburn', 'slow', '--for', '1s'));
    expect(result.notes.join('\n')).toMatch(/fault slow of node ashburn from \d+\.\d\d to \d+\.\d\d s/);
    expect(faultsOf(result)).toEqual([]);
    for (const [args, line] of [
      [['frankfurt', 'lose-laser', '--for', '1s'], /^starlane: KIND is lose-laser, but frankfurt is not on laser\n$/],
      [['frankfort', 'pause', '--for', '1s'], /^starlane: PART is "frankfort", .* did you mean "frankfurt"\?\n$/],
      [['ashburn', 'pause'], /^starlane: --for is missing, expected how long the pause lasts\n$/],
      [['ashburn', 'slow'], /^starlane: --for is missing, expected how long the slow lasts\n$/],
    ] as const) {
      const { code, err } = await starlane('fault', ...args, '--name', name);
      expect([code, err]).toEqual([2, expect.stringMatching(line)]);
    }
  });

  test('a node that crashes is reached again, and shaped', async () => {
    const result = await loadWith(() => faultAtOnce('ashburn', 'crash'));
    expectStopped(result, 'ashburn');
    addsUp(result.figures);
    await everyPartIsWell();
    expect(await pingMs(name, 'router', 'ashburn.fibre:50051')).toBeGreaterThan(plannedMs - 1);
  });

  test('a node that moves to another address is reached there, and shaped, and its other paths are not cut', async () => {
    const agentsStart = () => docker(['inspect', container('ashburn-agent'), '--format', '{{.State.StartedAt}}']);
    const [startedAt, shaper] = [await agentsStart(), await shaperOf()];
    const network = `${name}_fibre`;
    const subnet = (
      await docker(['network', 'inspect', network, '--format', '{{(index .IPAM.Config 0).Subnet}}'])
    ).trim();
    const moved = subnet.replace(/\.0\/24$/, '.200');
    await docker(['network', 'disconnect', network, container('ashburn')]);
    await docker(['network', 'connect', '--ip', moved, '--alias', 'ashburn.fibre', network, container('ashburn')]);
    await eventually(
      'the agent plays the new address',
      async () => (await pingMs(name, 'router', 'ashburn.fibre:50051').catch(() => 0)) > plannedMs - 1,
    );
    // The router has to find out by itself that nobody answers at the old address any more.
    const connected = [
      'exec',
      container('router'),
      'grep',
      '-q',
      `${hexOf(moved)}:${NODE_PORT_HEX} 01`,
      '/proc/net/tcp',
    ];
    await eventually(
      'the router has connected to the new address',
      async () => (await command('docker', connected)).code === 0,
    );
    await everyPartIsWell();
    // The relays of the laser path live in the same process. netem begins anew, and cuts no connection by that.
    if (shaper === 'relay') expect(await agentsStart()).toBe(startedAt);
    const result = await loadWith(async () => {}, 3);
    expect(faultsOf(result)).toEqual([]);
    expect(result.figures.by.endpoint).toHaveProperty('ashburn/fibre');
    expect(result.figures.answered).toBe(result.figures.requests);
  });

  test('is whole and shaped again after `docker compose restart`', async () => {
    expect((await compose('restart', '--timeout', '2')).code).toBe(0);
    await everyPartIsWell();
    expect(await pingMs(name, 'router', 'ashburn.fibre:50051')).toBeGreaterThan(plannedMs - 1);
  });

  test('a node that is killed makes the run invalid, by its name, and the others answer', async () => {
    const result = await loadWith(() => faultAtOnce('ashburn', 'kill'));
    expectStopped(result, 'ashburn');
    addsUp(result.figures);
    expect(result.figures.answered).toBeGreaterThan(result.figures.requests / 2);
    expect(result.figures.by.endpoint!['frankfurt/fibre']!.requests).toBeGreaterThan(0);
    expect((await starlane('status')).code).toBe(1);
  });

  test('that node is shaped again when it is started, without starting its agent by hand', async () => {
    await docker(['start', container('ashburn')]);
    await everyPartIsWell();
    expect(await pingMs(name, 'router', 'ashburn.fibre:50051')).toBeGreaterThan(plannedMs - 1);
  });

  test('is taken down without a trace, by its name', async () => {
    expect(await starlane('down', name)).toMatchObject({ code: 0, out: `${name}: down\n`, err: '' });
    expect(await leftOf(name)).toEqual([]);
    expect((await starlane('status')).out).not.toContain(name);
  });
});

describe('a topology whose logs have no room', () => {
  const full = projectName('full');
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  });
  afterAll(async () => {
    await clean(full);
    rmSync(folder, { recursive: true, force: true });
  });

  test('ends its load in one line that names the disk, with what there is as partial, and exit code 3', async () => {
    const made = join(folder, 'docker-compose.yml');
    expect(await starlane('compose', PAIR, '--out', made)).toMatchObject({ code: 0 });
    const small = join(folder, 'small.yml');
    writeFileSync(small, 'volumes: { run: { driver_opts: { type: tmpfs, device: tmpfs, o: "size=64k,uid=1000" } } }\n');
    const environment = { ...(await subnetEnvironment()), STARLANE_PORT: '0' };
    const own = ['compose', '--project-name', full, '--file', made, '--file', small];
    expect(await command('docker', [...own, 'up', '--detach', '--no-build'], environment)).toMatchObject({ code: 0 });
    const load = await command(
      'docker',
      [...own, 'run', '--rm', '-T', 'load', '--json', '--duration', '5s'],
      environment,
    );
    expect(load.code).toBe(3);
    expect(load.err).toMatch(/^starlane: cannot write \/\S+: that disk is full/m);
    if (!load.out.startsWith('{')) return; // not even the announcement of the run had room
    const { valid, runs } = JSON.parse(load.out) as Summary;
    expect([valid, runs[0]!.partial]).toEqual([false, true]);
  });
});
