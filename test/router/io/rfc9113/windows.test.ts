import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { STREAM_WINDOW_BYTES } from '../../../../router/io/http2-limits.ts';
import { dataPathBench, until } from '../../../contract/data-path/data-path-bench.ts';
import { DATA, HEADERS, RawPeer } from '../../../contract/data-path/raw-http2.ts';
import { data, headers, reset, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';
import { echoNode } from './echo-node.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

const bodyOf = (client: Dialogue, stream: number): string =>
  client.frames
    .filter((one) => one.type === DATA && one.stream === stream)
    .map(({ payload }) => payload.toString('latin1'))
    .join('');

/** A client of a node that echoes. */
const echoed = async (): Promise<Dialogue> => {
  const node = closed(await echoNode());
  const proxy = await proxyOf([node.port]);
  return closed(await Dialogue.with(proxy.port));
};

/** Waits until so much of an answer has come, and claims that no more does. */
const expectNoMoreThan = async (client: Dialogue, stream: number, text: string): Promise<void> => {
  expect(await client.until(() => bodyOf(client, stream).length >= text.length)).toBe(true);
  await client.settled();
  await client.settled();
  expect(bodyOf(client, stream)).toBe(text);
};

describe('the router, sending,', () => {
  test('6.9.1: keeps to the window of a stream, and sends single bytes where it must', async () => {
    const client = await echoed();
    client.say(settings([4, 1]), headers(1, GRPC), data(1, 'abcdef', true));
    await expectNoMoreThan(client, 1, 'a');
    client.say(windowUpdate(1, 2));
    await expectNoMoreThan(client, 1, 'abc');
    client.say(windowUpdate(1, 100));
    await client.ended(1);
    expect(client.heard((stream) => stream === 1)).toBe('"abcdef", grpc-status 0');
  });

  test('6.9: sends fields and ends without a window', async () => {
    const client = await echoed();
    client.say(settings([4, 0]), headers(1, GRPC, true));
    await client.ended(1);
    expect(client.heard((stream) => stream === 1)).toBe('grpc-status 0');
  });

  test('6.9.1: keeps to the window of the connection, over all streams', async () => {
    const client = await echoed();
    const [first, second] = ['a'.repeat(40_000), 'b'.repeat(40_000)];
    const pieces = (stream: number, text: string): readonly Buffer[] => [
      headers(stream, GRPC),
      ...[0, 16_000, 32_000].map((at) => data(stream, text.slice(at, at + 16_000), at === 32_000)),
    ];
    client.say(...pieces(1, first));
    await client.ended(1);
    client.say(...pieces(3, second));
    await expectNoMoreThan(client, 3, second.slice(0, 65_535 - 40_000));
    client.say(windowUpdate(0, 1 << 20));
    await client.ended(3);
    expect(bodyOf(client, 3)).toBe(second);
  });

  test('6.9.2: follows a smaller initial window on open streams, below zero too, and a larger one', async () => {
    const client = await echoed();
    client.say(settings([4, 4]), headers(1, GRPC), data(1, 'abcdefgh', true));
    await expectNoMoreThan(client, 1, 'abcd');
    client.say(settings([4, 1])); // its window is -3 now
    client.say(windowUpdate(1, 3)); // and 0
    await expectNoMoreThan(client, 1, 'abcd');
    client.say(windowUpdate(1, 1));
    await expectNoMoreThan(client, 1, 'abcde');
    client.say(settings([4, 3]));
    await expectNoMoreThan(client, 1, 'abcdefg');
    client.say(settings([4, 0], [4, 50]));
    await client.ended(1);
    expect(client.heard((stream) => stream === 1)).toBe('"abcdefgh", grpc-status 0');
  });

  test('6.5.2: sends frames as long as the client takes, and no longer', async () => {
    const client = await echoed();
    const text = 'a'.repeat(60_000);
    const ask = (stream: number): void =>
      client.say(
        headers(stream, GRPC),
        ...[0, 15_000, 30_000, 45_000].map((at) => data(stream, text.slice(at, at + 15_000), at === 45_000)),
      );
    client.say(windowUpdate(0, 1 << 20), settings([4, 1 << 20]));
    ask(1);
    await client.ended(1);
    expect(bodyOf(client, 1)).toBe(text);
    const longest = (): number => Math.max(...client.frames.map(({ payload }) => payload.length));
    expect(longest()).toBeLessThanOrEqual(16_384);
    client.say(settings([5, 20_000]));
    ask(3);
    await client.ended(3);
    expect(bodyOf(client, 3)).toBe(text);
    expect(longest()).toBeLessThanOrEqual(20_000);
  });

  test('6.4: sends nothing more on a stream that was reset', async () => {
    const client = await echoed();
    client.say(settings([4, 1]), headers(1, GRPC), data(1, 'abc', true));
    await expectNoMoreThan(client, 1, 'a');
    client.say(reset(1), settings([4, 100]));
    await client.settled();
    expect(client.heard((stream) => stream === 1)).toBe('"a"');
  });
});

describe('a peer that sends more than its window', () => {
  /** DATA of so many bytes. */
  const flood = (stream: number, bytes: number): readonly Buffer[] =>
    Array.from({ length: Math.ceil(bytes / 16_384) }, () => frame(0, 0, stream, Buffer.alloc(16_384)));

  /** A node that reads no DATA of its streams: it opens no window for them. */
  const deafNode = async () => {
    const peers: Dialogue[] = [];
    const server = createServer((socket: Socket) => {
      const peer = new Dialogue((onFrame) => new RawPeer(socket, true, onFrame));
      peers.push(peer);
      atEnd(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closed(server);
    return { port: (server.address() as { port: number }).port, peers };
  };

  test('6.9.1: on a stream has that stream reset, as a client', async () => {
    const node = await deafNode();
    const proxy = await proxyOf([node.port]);
    const client = closed(await Dialogue.with(proxy.port));
    client.say(headers(1, GRPC), headers(3, GRPC), ...flood(1, STREAM_WINDOW_BYTES + 200_000));
    await client.ended(1);
    await client.settled();
    expect(client.heard((stream) => stream === 1 || stream === 3)).toBe('RST_STREAM FLOW_CONTROL_ERROR');
    await until(() => proxy.counters().active === 1);
  });

  test('6.9.1: on a stream has that stream reset, as a node; what came before goes to the client', async () => {
    const node = await deafNode();
    const proxy = await proxyOf([node.port], { maxAttempts: 1 });
    const client = closed(await Dialogue.with(proxy.port));
    client.say(settings([4, 0]), windowUpdate(0, 1 << 30), headers(1, GRPC, true), headers(3, GRPC, true));
    await until(() => node.peers.length === 1);
    const [peer] = node.peers as [Dialogue];
    await peer.until(() => peer.frames.filter(({ type }) => type === HEADERS).length === 2);
    peer.say(headers(1, { ':status': '200', 'content-type': 'application/grpc' }));
    peer.say(...flood(1, STREAM_WINDOW_BYTES + 16_384));
    await peer.settled();
    expect(peer.heard((stream) => stream === 1)).toBe('RST_STREAM FLOW_CONTROL_ERROR');
    client.say(windowUpdate(1, 1 << 30));
    await client.ended(1);
    expect(client.heard((stream) => stream === 1 || stream === 3)).toBe(`${STREAM_WINDOW_BYTES} bytes, grpc-status 13`);
  });
});
