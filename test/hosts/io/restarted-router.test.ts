import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { Event } from '../../../core/event/event.ts';
import { isPortFree } from '../../../core/net/io/port-free.ts';
import { steadyUnixMs } from '../../../core/time/io/steady-unix.ts';
import { startRouter } from '../../../hosts/io/live-router.ts';
import { type RouterRun, restartedRouter } from '../../../hosts/io/restarted-router.ts';
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
