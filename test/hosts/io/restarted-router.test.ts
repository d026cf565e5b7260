import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { isPortFree } from '../../../core/net/io/port-free.ts';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { startRouter } from '../../../hosts/io/live-router.ts';
import { restartedRouter } from '../../../hosts/io/restarted-router.ts';
import type { RouterRun } from '../../../scenario/rollout-plan.ts';
import { parseScenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { ask, clientOf, read, startNode, until } from '../../services/node/io/node-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

test('a router that its scenario restarts is away, says so, and comes back on its port with the policy that it ran', async () => {
  const { node } = await startNode();
  const timeline = '[{ atS: 0.3, router: true, kind: restart }]';
  const text = `${readFileSync('test/scenarios/pair.yaml', 'utf8')}\nfaults: { token: a-token-of-this-test, timeline: ${timeline} }`;
  const scenario = parseScenario(text, 'pair.yaml', {});
  const topology = topologyOf(scenario);
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const started: string[] = [];
  const start = (run: RouterRun, port: number) => {
    started.push(run.policy);
    const addresses = topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port }));
    return startRouter({
      ...{ ...run, topology, addresses, emit },
      ...{ doors: [{ host: '127.0.0.1', port }] as const, drainMs: 60_000 },
    });
  };
  const [plan] = topology.routers;
  const router = await restartedRouter({
    start,
    run: { scenario, policy: 'random' },
    port: 0,
    plan: plan!,
    cycleMs: null,
    emit,
  });
  const { port } = router.ready;
  cleanUps.push(() => router.close({ isInterrupted: false }));
  router.orders!.policy!({ policy: 'round-robin' });
  const client = clientOf(port);
  cleanUps.push(() => client.close());
  expect((await read(ask(client))).end.code).toBe(0);
  router.begin(steadyUnixMs());
  await until(() => router.health!().status === 'restarting');
  await until(async () => isPortFree('127.0.0.1', port));
  await until(() => router.health!().ok);
  expect((await read(ask(clientOf(port)))).end.code).toBe(0);
  expect(started).toEqual(['random', 'round-robin']);
  expect(router.health!()).toMatchObject({ policy: 'round-robin' });
  const injected = events.flatMap((event) => (event.kind === 'injected' ? [event] : []));
  expect(injected.map(({ fault, state }) => [fault, state])).toEqual([
    ['restart', 'began'],
    ['restart', 'ended'],
  ]);
  expect(injected.every(({ atMs }) => atMs >= 300)).toBe(true);
});

test('a router goes on with the steps of a rollout, and with what it ran at first when the run repeats itself', async () => {
  const { node } = await startNode();
  const text = `${readFileSync('test/scenarios/pair.yaml', 'utf8')}
rollout: [{ atS: 0.2, router: { subset: 1 } }, { atS: 0.4, policy: random }]
`;
  const scenario = parseScenario(text, 'pair.yaml', {});
  const topology = topologyOf(scenario);
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const start = (run: RouterRun, port: number) =>
    startRouter({
      ...{ ...run, topology, emit, drainMs: 0 },
      addresses: topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port })),
      doors: [{ host: '127.0.0.1', port }],
    });
  const [plan] = topology.routers;
  const run = { scenario, policy: 'round-robin' };
  const router = await restartedRouter({ start, run, port: 0, plan: plan!, cycleMs: 800, emit });
  cleanUps.push(() => router.close({ isInterrupted: false }));
  const reloads = () => events.flatMap((event) => (event.kind === 'reloaded' ? [event] : []));
  router.begin(Math.floor(steadyUnixMs()));
  await until(() => reloads().length >= 5);
  const subset = { key: 'router.subset', from: 'all', to: 1 };
  const policy = { key: 'policy', from: 'round-robin', to: 'random' };
  const back = [
    { key: 'policy', from: 'random', to: 'round-robin' },
    { key: 'router.subset', from: 1, to: 'all' },
  ];
  expect(
    reloads()
      .slice(0, 5)
      .map(({ changes }) => changes),
  ).toEqual([[subset], [policy], back, [subset], [policy]]);
  for (const [index, atMs] of [200, 400, 800, 1000, 1200].entries())
    expect(reloads()[index]!.atMs).toBeGreaterThanOrEqual(atMs);
  expect(events.filter(({ kind }) => kind === 'fault')).toEqual([]);
});
