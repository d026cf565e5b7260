import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerName } from '../../hosts/compose/container-name.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import type { Summary } from '../../report/summary-schema.ts';
import { readScenario } from '../../scenario/io/scenario-file.ts';
import { linksOf, topologyOf } from '../../scenario/topology.ts';
import { starlane } from '../cli/starlane-process.ts';
import { answerOf, clean, eventually, faultsOf, leftOf, linesOf, pingMs, projectName } from './engine.ts';

const FILE = 'test/scenarios/two-routers.yaml';
const ROUTERS = ['router-europe', 'router-america'];

/** The least and the most that the fibre from a router to Ashburn takes there and back at the start of a run, in ms. */
const plannedMs = (router: string): readonly [number, number] => {
  const { forward, back } = linksOf(topologyOf(readScenario(FILE))).get(`${router}/ashburn/fibre`)!;
  const [there, again] = [forward.stateAt(0), back.stateAt(0)];
  const delayMs = (there.delayUs + again.delayUs) / 1000;
  const jitterMs = (there.jitterUs + again.jitterUs) / 1000;
  return [delayMs - jitterMs, delayMs + jitterMs];
};

describe('a topology with two routers', () => {
  const name = projectName('two-routers');
  let addresses: readonly string[] = [];

  beforeAll(async () => {
    const up = await starlane('up', FILE, '--name', name, '--port', '0', '--policy', 'round-robin');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toMatch(/^every part is healthy: shaper (relay|netem), policy round-robin$/m);
    addresses = ROUTERS.map((router) => new RegExp(`: ${router} listens on (\\S+)$`, 'm').exec(up.out)![1]!);
  });
  afterAll(async () => {
    await clean(name);
    rmSync(join('results', name), { recursive: true, force: true });
  });

  const load = async (...args: readonly string[]): Promise<Summary> => {
    const { out, err } = await starlane('load', '--name', name, '--json', '--duration', '3s', ...args);
    if (!out.startsWith('{')) throw new Error(`the load printed no summary: ${err}`);
    return JSON.parse(out) as Summary;
  };

  test('answers at the published port of each', async () => {
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(await answerOf(address, 5)).toBeGreaterThan(0);
  });

  test('has a path of its own from each router to a node that both reach', async () => {
    const europeMs = await pingMs(name, 'router-europe', 'ashburn.fibre:50051');
    const americaMs = await pingMs(name, 'router-america', 'ashburn.fibre:50052');
    const [leastFromEuropeMs] = plannedMs('europe');
    const [leastFromAmericaMs] = plannedMs('america');
    expect(europeMs).toBeGreaterThan(leastFromEuropeMs - 1);
    expect(americaMs).toBeGreaterThan(leastFromAmericaMs - 1);
    expect(americaMs).toBeLessThan(leastFromEuropeMs - 1); // New York is much nearer
  });

  test('takes a load whose users call their own router, and which switches the policy of both', async () => {
    const { runs } = await load('--policy', 'peak-ewma,round-robin');
    expect(runs.map(({ key }) => key.policy)).toEqual(['peak-ewma', 'round-robin']);
    for (const run of runs) {
      const { by, requests } = run.figures;
      expect(faultsOf(run)).toEqual([]);
      const requestsOf = (client: string): number => by.region?.[client]?.requests ?? 0;
      expect(by.router!.europe!.requests).toBe(requestsOf('london') + requestsOf('lagos'));
      expect(by.router!.america!.requests).toBe(requestsOf('new-york'));
      expect(by.router!.europe!.requests + by.router!.america!.requests).toBe(requests);
    }
  });

  test('goes on with an edited scenario at both routers or at neither, and takes no load that reads another one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
    const edited = (keys: string): string => {
      const file = join(folder, 'edited.yaml');
      writeFileSync(file, readFileSync(FILE, 'utf8').replace('kind: ephemeris }', `kind: ephemeris }, ${keys}`));
      return file;
    };
    const reload = (file: string) => starlane('reload', file, '--name', name);
    expect(await reload(edited('dataPath: node-http2'))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/edited\.yaml:\d+:\d+: router\.dataPath is node-http2 and was frames/),
    });
    expect(await reload(edited('subset: 1'))).toMatchObject({ code: 0, out: 'reloaded: router.subset all -> 1\n' });
    expect((await starlane('load', '--name', name, '--duration', '3s')).code).toBe(2); // it reads the file of before
    expect(await reload(FILE)).toMatchObject({ code: 0, out: 'reloaded: router.subset 1 -> all\n' });
    expect((await load()).runs).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });

  test('serves with one router while the other is down, and with both again', async () => {
    const fault = starlane('fault', 'router-america', 'kill', '--for', '5s', '--name', name);
    const format = ['--format', '{{.State.Running}}'];
    const isRunning = () => docker(['inspect', containerName(name, 'router-america'), ...format]);
    await eventually('the router is down', async () => (await isRunning()).trim() === 'false');
    expect(await answerOf(addresses[0]!, 5)).toBeGreaterThan(0);
    expect(await fault).toMatchObject({ code: 0, err: '' });
    const published = async (): Promise<string> =>
      linesOf(await docker(['compose', '--project-name', name, 'port', 'router-america', '50051']))[0]!;
    await eventually('it is back', async () => (await answerOf(await published(), 5).catch(() => 0)) > 0);
  });

  test('leaves nothing behind', async () => {
    expect(await starlane('down', name)).toMatchObject({ code: 0, err: '' });
    expect(await leftOf(name)).toEqual([]);
  });
});
