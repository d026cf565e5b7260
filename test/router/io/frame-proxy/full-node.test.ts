import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, generate, statusIn, steady, until } from '../../../contract/data-path/data-path-bench.ts';

const { atEnd, closed, proxyOf, session } = dataPathBench((options) => new FrameProxy(options));

/** A node that takes so many streams a connection, and answers each when it is told to. */
const smallNode = async (maxConcurrentStreams = 2) => {
  const held: ServerHttp2Stream[] = [];
  const sockets: Socket[] = [];
  const sessions: ServerHttp2Session[] = [];
  const server = createServer({ settings: { maxConcurrentStreams } });
  server.on('session', (open) => {
    sessions.push(open);
    open.on('error', () => {});
    atEnd(() => open.destroy());
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.resume();
    held.push(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closed(server);
  const answerOne = (): void =>
    held
      .shift()!
      .respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
  return { port: (server.address() as AddressInfo).port, held, sessions, sockets, answerOne };
};

test('requests beyond the streams of one connection use up to three more, and the rest wait until there is room', async () => {
  const node = await smallNode();
  const proxy = await proxyOf([node.port]);
  const client = session(proxy.port);
  const statuses = Array.from({ length: 20 }, () => statusIn(generate(client)));
  await until(() => node.held.length >= 8);
  expect(await steady(() => node.held.length)).toBe(8);
  expect(node.sockets.length).toBe(4);
  for (let answered = 0; answered < 20; answered++) {
    await until(() => node.held.length > 0);
    node.answerOne();
  }
  expect(new Set(await Promise.all(statuses))).toEqual(new Set(['0']));
  expect(proxy.path.endpointCounters()[0]).toMatchObject({ requests: 20, answered: 20, active: 0 });
});

test('a request that its client cancels while it waits for a stream never reaches the node', async () => {
  const node = await smallNode();
  const proxy = await proxyOf([node.port]);
  const client = session(proxy.port);
  const first = Array.from({ length: 8 }, () => statusIn(generate(client)));
  await until(() => node.held.length === 8);
  const waiting = generate(client);
  await until(() => proxy.counters().active === 9);
  waiting.close(8);
  await until(() => proxy.counters().active === 8);
  const last = statusIn(generate(client));
  for (let answered = 0; answered < 9; answered++) {
    await until(() => node.held.length > 0);
    node.answerOne();
  }
  expect(await Promise.all([...first, last])).toEqual(Array.from({ length: 9 }, () => '0'));
  expect(await steady(() => node.held.length)).toBe(0);
  expect(proxy.path.endpointCounters()[0]).toMatchObject({ answered: 9, cancelled: 1, active: 0 });
});

test('requests that wait for a stream of a node that is lost end, and leave nothing outstanding', async () => {
  const node = await smallNode();
  const proxy = await proxyOf([node.port]);
  const client = session(proxy.port);
  const statuses = Array.from({ length: 12 }, () => statusIn(generate(client)));
  await until(() => node.held.length === 8);
  proxy.path.reconcile([null]);
  for (const socket of node.sockets) socket.destroy();
  expect(new Set(await Promise.all(statuses))).toEqual(new Set(['14']));
  expect(proxy.router.endpoints.outstanding[0]).toBe(0);
});

test('requests that wait for a stream get those of a connection that takes over', async () => {
  const node = await smallNode();
  const proxy = await proxyOf([node.port]);
  const client = session(proxy.port);
  for (let index = 0; index < 9; index++) generate(client);
  await until(() => node.held.length === 8);
  (proxy.path as FrameProxy).upstream(0).renew();
  await until(() => node.held.length === 9);
  client.destroy();
  await until(() => proxy.counters().active === 0);
});

test('requests wait while a node takes no streams at all, and go once it takes some', async () => {
  const node = await smallNode(0);
  const proxy = await proxyOf([node.port]);
  const status = statusIn(generate(session(proxy.port)));
  await until(() => proxy.counters().active === 1);
  expect(await steady(() => node.held.length)).toBe(0);
  node.sessions[0]!.settings({ maxConcurrentStreams: 1 });
  await until(() => node.held.length === 1);
  node.answerOne();
  expect(await status).toBe('0');
});

test('no more than 1024 requests wait for a stream: another one is UNAVAILABLE at once', async () => {
  const node = await smallNode();
  const proxy = await proxyOf([node.port], { maxOutstanding: 10_000 });
  const clients = Array.from({ length: 12 }, () => session(proxy.port));
  const left = 8 + 1024;
  for (let asked = 0; asked < left; asked++) generate(clients[asked % clients.length]!);
  await until(() => proxy.counters().active === left && node.held.length === 8);
  expect(await statusIn(generate(clients[0]!))).toBe('14');
  for (const client of clients) client.destroy();
  await until(() => proxy.counters().active === 0);
  expect(proxy.router.endpoints.outstanding[0]).toBe(0);
});
