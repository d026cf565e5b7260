import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import * as grpc from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import type { Event } from '../../../core/event/event.ts';
import { startRouter } from '../../../hosts/io/live-router.ts';
import { Control, StateRequestSchema } from '../../../proto/gen/starlane/control/v1/control_pb.js';
import { type DataPathName, dataPathNames } from '../../../router/data-path-name.ts';
import { reloadedScenario } from '../../../scenario/reloaded-scenario.ts';
import { parseScenario, type Scenario } from '../../../scenario/scenario.ts';
import { topologyOf } from '../../../scenario/topology.ts';
import { serviceDefinition } from '../../../services/grpc/service-definition.ts';
import { ask, clientOf, read, startNode, until } from '../../services/node/io/node-under-test.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

/** The router of a small scenario, all of whose endpoints lead to one node. */
const routerOfPair = async (drainMs: number, port = 0, dataPath?: DataPathName) => {
  const { node } = await startNode();
  const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');
  const over =
    dataPath === undefined ? pair : pair.replace('{ site: london }', `{ site: london, dataPath: ${dataPath} }`);
  const scenario = parseScenario(over, 'pair.yaml', {});
  const topology = topologyOf(scenario);
  const events: Event[] = [];
  const router = await startRouter({
    scenario,
    topology,
    policy: 'round-robin',
    addresses: topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port })),
    doors: [{ host: '127.0.0.1', port }],
    drainMs,
    emit: (event) => events.push(event),
  });
  let closing: Promise<void> | void;
  const close = async (): Promise<void> => {
    closing ??= router.close({ isInterrupted: false });
    await closing;
  };
  cleanUps.push(close);
  return { router, close, events, scenario, text: over, client: clientOf(router.ready.port) };
};

const unary = <Reply>(client: grpc.Client, definition: grpc.MethodDefinition<object, Reply>, request: object) =>
  new Promise<Reply | string>((resolve) => {
    const { path, requestSerialize, responseDeserialize } = definition;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) =>
      resolve(error === null ? reply! : grpc.status[error.code]!),
    );
  });

test('users of a live router reach inference, and not the control of a node', async () => {
  const { client } = await routerOfPair(0);
  expect((await read(ask(client))).end.code).toBe(grpc.status.OK);
  const { state } = serviceDefinition(Control);
  const definition = state as unknown as grpc.MethodDefinition<object, object>;
  expect(await unary(client, definition, create(StateRequestSchema))).toBe('UNIMPLEMENTED');
});

test('a live router has health of its own, by service', async () => {
  const { client } = await routerOfPair(0);
  const check = healthService.Check as unknown as grpc.MethodDefinition<object, { status: string }>;
  for (const service of ['', 'starlane.inference.v1.Inference']) {
    expect(await unary(client, check, { service })).toEqual({ status: 'SERVING' });
  }
  expect(await unary(client, check, { service: 'starlane.control.v1.Control' })).toBe('NOT_FOUND');
});

test.each(dataPathNames)(
  'a live router carries its bytes over %s where its scenario says so, and tells so',
  async (name) => {
    const { client, router } = await routerOfPair(0, 0, name);
    expect(router.health!().dataPath).toBe(name);
    const { end, messages } = await read(ask(client));
    expect(end.code).toBe(grpc.status.OK);
    expect(messages.length).toBeGreaterThan(1);
  },
);

test('a live router carries its bytes over frames where nobody says', async () => {
  expect((await routerOfPair(0)).router.health!().dataPath).toBe('frames');
});

test.each<[string, DataPathName]>([
  ['v1', 'frames'],
  ['v1alpha', 'frames'],
  ['v1', 'node-http2'],
])('a live router lists its services by reflection %s over %s', async (version, dataPath) => {
  const { client } = await routerOfPair(0, 0, dataPath);
  const raw = (bytes: Buffer): Buffer => bytes;
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const call = client.makeBidiStreamRequest(path, raw, raw);
  call.on('error', () => {});
  const listed = new Promise<string>((resolve) => call.once('data', (bytes: Buffer) => resolve(bytes.toString())));
  call.write(Buffer.of(0x3a, 0)); // list_services
  expect(await listed).toContain('starlane.inference.v1.Inference');
  expect(await listed).not.toContain('starlane.control');
  call.end();
});

test('a live router that is told to end lets an answer finish first, and is unhealthy until then', async () => {
  const { router, close, client } = await routerOfPair(20_000);
  const stream = ask(client, { outputTokens: 600 });
  let messages = 0;
  stream.on('data', () => messages++);
  const answer = read(stream);
  await until(() => messages > 0);
  expect(router.health!().ok).toBe(true);
  const closed = close();
  expect(router.health!().ok).toBe(false);
  expect((await answer).end.code).toBe(grpc.status.OK);
  await closed;
});

test('a live router that need not drain ends at once', async () => {
  const { close, client } = await routerOfPair(0);
  const stream = ask(client, { outputTokens: 100_000 });
  const answer = read(stream);
  await new Promise((resolve) => stream.once('data', resolve));
  const beganAtMs = performance.now();
  await close();
  expect(performance.now() - beganAtMs).toBeLessThan(1000);
  expect((await answer).end.code).toBe(grpc.status.UNAVAILABLE);
});

test('a client of a router that was started again is served by the new one as soon as it listens', async () => {
  const first = await routerOfPair(0);
  const { client } = first;
  const streaming = ask(client, { outputTokens: 100_000 });
  const cut = read(streaming);
  await new Promise((resolve) => streaming.once('data', resolve));
  await first.close();
  expect((await cut).end.code).toBe(grpc.status.UNAVAILABLE);
  await routerOfPair(0, first.router.ready.port);
  const again = clientOf(first.router.ready.port);
  for (let turn = 0; turn < 5; turn++) expect((await read(ask(again))).end.code).toBe(grpc.status.OK);
  await until(async () => (await read(ask(client))).end.code === grpc.status.OK); // its own backoff is up to a second
});

test('an order switches the policy of a live router, and a run that is recorded then is of no single policy', async () => {
  const { router, client, events } = await routerOfPair(0);
  const { policy } = router.orders!;
  expect(policy!({ policy: 'least-request' })).toEqual({ policy: 'least-request' });
  expect(router.health!()).toMatchObject({ policy: 'least-request' });
  expect((await read(ask(client))).end.code).toBe(grpc.status.OK);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'fault', reason: 'was switched from round-robin to least-request' }),
  );
  for (const body of [{ policy: 'oracle' }, { policy: 'no-such' }, {}, null]) {
    expect(() => policy!(body)).toThrow(ConfigError);
  }
  expect(router.health!()).toMatchObject({ policy: 'least-request' });
});

test('every metric of a router has the policy of the time when it was counted, before a switch and after it', async () => {
  const { router, client } = await routerOfPair(0);
  const policy = (name: string) => router.orders!.policy!({ policy: name });
  for (let turn = 0; turn < 3; turn++) await read(ask(client));
  policy('least-request');
  for (let turn = 0; turn < 2; turn++) await read(ask(client));
  policy('round-robin');
  await read(ask(client));
  const text = await router.metrics!();
  const sumOf = (name: string, under: string): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(`policy="${under}"`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  for (const name of [
    'starlane_router_requests_total',
    'starlane_router_answered_total',
    'starlane_router_endpoint_attempts_total',
    'grpc_server_call_started_total',
    'grpc_server_call_duration_seconds_count',
    'grpc_client_attempt_started_total',
    'grpc_client_attempt_duration_seconds_count',
    'starlane_router_endpoint_ttft_seconds_count',
    'starlane_router_routing_seconds_count',
  ]) {
    expect([name, sumOf(name, 'round-robin'), sumOf(name, 'least-request')]).toEqual([name, 4, 2]);
  }
  expect(sumOf('starlane_router_pick_duration_seconds_count', 'round-robin')).toBe(1);
  const labelled = text.split('\n').filter((line) => /^(starlane|grpc)_/.test(line));
  expect(labelled.filter((line) => !/[{,]policy="(round-robin|least-request)"[,}]/.test(line))).toEqual([]);
  expect(text).not.toMatch(/^(process|nodejs)_.*policy=/m);
});

test('a live router is well when it can serve, and says with which endpoints', async () => {
  const { router, close } = await routerOfPair(0);
  await until(() => router.health!().ok);
  const { status, endpoints, unreachable } = router.health!();
  expect([status, [...(endpoints as string[]), ...(unreachable as string[])].toSorted()]).toEqual([
    'serving',
    ['ashburn/fibre', 'ashburn/laser', 'frankfurt/fibre'],
  ]);
  await close();
  expect(router.health!()).toMatchObject({ ok: false, status: 'draining', reason: 'drains' });
});

/** What the router goes on with when its keys in the file are those. */
const edited = ({ scenario, text }: { readonly scenario: Scenario; readonly text: string }, keys: string) =>
  reloadedScenario(scenario, {
    text: text.replace('{ site: london', `{ site: london, ${keys}`),
    file: 'pair.yaml',
    overrides: {},
    textOf: () => '',
    policies: ['round-robin'],
  });

test('a reload under load loses no request: streams that are open go on, and new ones are routed by the new settings', async () => {
  const started = await routerOfPair(0);
  const { router, events } = started;
  const codes: number[] = [];
  let isOver = false;
  const user = async (): Promise<void> => {
    const client = clientOf(router.ready.port);
    while (!isOver) {
      const { end, messages } = await read(ask(client, { outputTokens: 40 }));
      codes.push(messages.length > 0 ? end.code : -1);
    }
  };
  const users = Array.from({ length: 8 }, user);
  const across = read(ask(started.client, { outputTokens: 2000 }));
  let running = started;
  const loads = [
    'subset: 1',
    'ejection: { consecutive: 2 }, maxAttempts: 5',
    'prices: { msAtNoHeadroom: 5 }, maxConnections: 12, idleS: 5',
    'health: { intervalMs: 0 }, slowStart: { windowS: 3 }',
    'health: { intervalMs: 100 }, ewma: { tauMs: 500 }, bytesPerToken: 3',
    'maxOutstanding: 64',
  ];
  for (const [index, keys] of loads.entries()) {
    const before = codes.length;
    await until(() => codes.length >= before + 16);
    const next = edited(running, keys);
    router.reload(next);
    running = { ...running, scenario: next.scenario };
    expect(events.filter(({ kind }) => kind === 'reloaded')).toHaveLength(index + 1);
  }
  const before = codes.length;
  await until(() => codes.length >= before + 16);
  isOver = true;
  await Promise.all(users);
  expect((await across).end.code).toBe(grpc.status.OK);
  expect(codes.filter((code) => code !== grpc.status.OK)).toEqual([]);
  expect(events.find(({ kind }) => kind === 'reloaded')).toMatchObject({
    changes: [{ key: 'router.subset', from: 'all', to: 1 }],
  });
  expect(events.filter(({ kind }) => kind === 'fault')).toEqual([]);
});

test('what a reload says counts for the next request: a subset of one node', async () => {
  const started = await routerOfPair(0);
  const { router, client, events } = started;
  router.reload(edited(started, 'subset: 1'));
  for (let turn = 0; turn < 6; turn++) expect((await read(ask(client))).end.code).toBe(grpc.status.OK);
  const nodes = events.flatMap((event) => (event.kind === 'routed' ? [event.endpoint.split('/')[0]] : []));
  expect([nodes.length, new Set(nodes).size]).toEqual([6, 1]);
});
