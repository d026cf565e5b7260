import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { answerAbout } from '../../../core/process/io/control-server.ts';
import { StandingReload } from '../../../hosts/compose/io/standing-reload.ts';
import { startRouter } from '../../../hosts/io/live-router.ts';
import { orderReload } from '../../../hosts/io/order-reload.ts';
import { restartedRouter } from '../../../hosts/io/restarted-router.ts';
import { routerAgreementOf } from '../../../scenario/deployment/io/standing-of.ts';
import { readScenario } from '../../../scenario/io/scenario-file.ts';
import type { RouterRun } from '../../../scenario/rollout-plan.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ask, clientOf, read, startNode, until } from '../../services/node/io/node-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

const PAIR = readFileSync('test/scenarios/pair.yaml', 'utf8');
const withRouter = (keys: string): string => PAIR.replace('{ site: london }', `{ site: london, ${keys} }`);

/** A router as in its container, behind its control server; its file is `file`. */
const standingRouter = async (watches: boolean) => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-test-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'pair.yaml');
  writeFileSync(file, PAIR);
  const { node } = await startNode();
  const scenario = readScenario(file);
  const topology = topologyOf(scenario);
  const events: Event[] = [];
  const said: string[] = [];
  const emit = (event: Event): void => void events.push(event);
  const reload = new StandingReload({ scenario, file, overrides: {}, say: (line) => said.push(line) });
  const start = (run: RouterRun, port: number) =>
    startRouter({
      ...{ ...run, topology, emit, drainMs: 0 },
      addresses: topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port })),
      doors: [{ host: '127.0.0.1', port }],
    });
  const [plan] = topology.routers;
  const run = { scenario, policy: 'random' };
  const router = await restartedRouter({ start, run, port: 0, plan: plan!, cycleMs: null, emit });
  const service = reload.serve(router, { watches });
  cleanUps.push(() => service.close({ isInterrupted: false }));
  const token = 'a-token-of-this-test';
  const server = await answerAbout({
    ...{ service, agrees: () => reload.agrees(), note: () => reload.note(), adminToken: token },
    ...{ controlHost: '127.0.0.1', controlPort: 0, controlSubnets: [] },
  });
  cleanUps.push(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const order = (body: object | null = null) => orderReload({ url, token, of: 'router' }, body);
  const health = async () => (await (await fetch(`${url}/health`)).json()) as { agrees: object; note?: string };
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  return { file, events, said, order, health, metrics, client: clientOf(router.ready.port) };
};

test('a router in its container loads its file by an order, and then agrees with a load that reads the same', async () => {
  const { file, events, said, order, health, metrics, client } = await standingRouter(false);
  expect(await order()).toEqual([]);
  const edited = withRouter('subset: 1, ejection: { consecutive: 2 }');
  writeFileSync(file, edited);
  expect((await health()).note).toMatch(/^the scenario was edited since: .*starlane reload/);
  const changes = [
    { key: 'router.subset', from: 'all', to: 1 },
    { key: 'router.ejection.consecutive', from: 5, to: 2 },
  ];
  expect(await order({ check: true })).toEqual(changes);
  expect((await health()).note).toBeDefined(); // that was a question
  expect(await order()).toEqual(changes);
  expect((await health()).agrees).toEqual(routerAgreementOf(parseScenario(edited, 'x')));
  expect((await health()).note).toBeUndefined();
  expect(events).toContainEqual(expect.objectContaining({ kind: 'reloaded', changes }));
  expect(said).toEqual(['reloaded: router.subset all -> 1, router.ejection.consecutive 5 -> 2']);
  expect((await read(ask(client))).end.code).toBe(0);
  expect(await metrics()).toContain('starlane_router_config_reloads_total{result="loaded"} 2');
});

test('an order may bring the text; a wrong one is refused with its place, and what was loaded before stays', async () => {
  const { events, said, order, health, metrics } = await standingRouter(false);
  const before = (await health()).agrees;
  const wrong = withRouter('subset: none');
  await expect(order({ file: 'edited.yaml', scenario: wrong })).rejects.toThrow(
    /^edited\.yaml:\d+:\d+: router\.subset is "none", expected all or a number/,
  );
  await expect(order({ scenario: withRouter('dataPath: node-http2') })).rejects.toThrow(
    /pair\.yaml:\d+:\d+: router\.dataPath is node-http2 and was frames, expected no change while it runs/,
  );
  await expect(order({ policy: 'random' })).rejects.toThrow(/^policy is no part of the order/);
  expect((await health()).agrees).toEqual(before);
  expect(events.filter(({ kind }) => kind === 'reloaded')).toEqual([]);
  expect(said).toHaveLength(3);
  expect(await metrics()).toContain('starlane_router_config_reloads_total{result="refused"} 3');
  expect(await order({ scenario: withRouter('subset: 1') })).toHaveLength(1);
});

test('one that watches its file needs no order', async () => {
  const { file, said } = await standingRouter(true);
  writeFileSync(file, withRouter('subset: 1'));
  await until(() => said.length > 0);
  writeFileSync(file, withRouter('subset: 0'));
  await until(() => said.length > 1);
  expect(said[0]).toBe('reloaded: router.subset all -> 1');
  expect(said[1]).toMatch(/^not reloaded: .*pair\.yaml:\d+:\d+: router\.subset is 0/);
});
