import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { STREAM_WINDOW_BYTES } from '../../../../router/io/http2-limits.ts';
import { dataPathBench, steady, until } from '../../../contract/data-path/data-path-bench.ts';
import { headers, settings, windowUpdate } from '../../http2/connection-under-test.ts';
import { GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

/** A node that keeps to windows: it answers with as many bytes as a request asks for in `x-request-id`. */
const largeNode = async (): Promise<number> => {
  const node = createServer({ maxSessionMemory: 1000 });
  node.on('session', (session) => {
    session.on('error', () => {});
    atEnd(() => session.destroy());
  });
  node.on('stream', (stream: ServerHttp2Stream, { 'x-request-id': bytes }) => {
    stream.on('error', () => {});
    stream.resume();
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.end(Buffer.alloc(Number(bytes)));
  });
  node.listen(0, '127.0.0.1');
  await once(node, 'listening');
  closed(node);
  return (node.address() as { port: number }).port;
};

const asks = (stream: number, bytes: number): Buffer => headers(stream, { ...GRPC, 'x-request-id': `${bytes}` }, true);

/** A client that opens no window but that of its connection. */
const slowClient = async (port: number): Promise<Dialogue> => {
  const slow = closed(await Dialogue.with(port));
  slow.say(settings([4, 0]), windowUpdate(0, 1 << 30));
  return slow;
};

const expectServed = async (port: number): Promise<void> => {
  const other = closed(await Dialogue.with(port));
  other.say(asks(1, 5));
  await other.ended(1);
  expect(other.heard((stream) => stream === 1)).toBe('"\0\0\0\0\0", grpc-status 0');
};

describe('CVE-2019-9517: a client that takes nothing of its answers', () => {
  test('holds up nobody who asks the same node; an answer goes on once there is a window for it', async () => {
    const proxy = await proxyOf([await largeNode()]);
    const slow = await slowClient(proxy.port);
    const streams = Array.from({ length: 18 }, (_, turn) => 2 * turn + 1);
    slow.say(...streams.map((stream) => asks(stream, 5 << 20)));
    // Each fills the window that the router gives the node for its stream: all together more than a connection may hold.
    await until(() => proxy.counters().answerBytes >= 18 * STREAM_WINDOW_BYTES);
    expect(await steady(() => proxy.counters().answerBytes)).toBe(18 * STREAM_WINDOW_BYTES);
    await expectServed(proxy.port);
    slow.say(windowUpdate(streams[7]!, 100_000));
    await slow.until(() => slow.heard((stream) => stream === streams[7]) === '100000 bytes');
    expect(slow.heard((stream) => stream === streams[7])).toBe('100000 bytes');
  });

  test('loses those for which the router has no room, and no other client does', async () => {
    const room = 3 * STREAM_WINDOW_BYTES;
    const proxy = await proxyOf([await largeNode()], { create: (options) => new FrameProxy(options, room) });
    const slow = await slowClient(proxy.port);
    const streams = Array.from({ length: 9 }, (_, turn) => 2 * turn + 1);
    slow.say(...streams.map((stream) => asks(stream, 5 << 20)));
    await until(() => proxy.counters().answerBytes >= room);
    await steady(() => proxy.counters().answerBytes);
    await slow.settled();
    const said = streams.map((one) => slow.heard((stream) => stream === one));
    expect(new Set(said)).toEqual(new Set(['grpc-status 8', 'goes on']));
    expect(proxy.counters().active * STREAM_WINDOW_BYTES).toBeGreaterThanOrEqual(room);
    await expectServed(proxy.port);
    slow.close(); // and all that it had is free again
    await until(() => proxy.counters().active === 0);
    const patient = await slowClient(proxy.port);
    const before = proxy.counters().answerBytes;
    patient.say(asks(1, 5 << 20), asks(3, 5 << 20));
    await until(() => proxy.counters().answerBytes >= before + 2 * STREAM_WINDOW_BYTES);
    await patient.settled();
    expect(patient.heard(() => true)).toBe('goes on');
  });
});
