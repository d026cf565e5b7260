import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../../core/net/io/port-free.ts';
import { SystemClock } from '../../../core/time/io/system-clock.ts';
import { type CreateDataPath, clientOf, nodeOf, settled, statusOf, streamed } from '../../router/io/loopback.ts';
import { swallowingPipe } from '../../router/io/swallowing-pipe.ts';
import { dataPathBench, echo, generate, hang, statusIn, until } from './data-path-bench.ts';
import { HEADERS, PING, type RawPeer, rawServer } from './raw-http2.ts';

const at = (port: number) => ({ host: '127.0.0.1', port });

/** What a data path does with its connections, to nodes and from clients. */
export const connectionClaims = (create: CreateDataPath): void => {
  const { closed, atEnd, proxied, proxyOf, session } = dataPathBench(create);

  /** A node that holds each stream open until it is told to answer it. */
  const patientNode = async () => {
    const sessions: ServerHttp2Session[] = [];
    const streams: ServerHttp2Stream[] = [];
    const server = createServer();
    server.on('session', (open) => {
      open.on('error', () => {});
      atEnd(() => open.destroy());
      sessions.push(open);
    });
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {});
      stream.resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.write(Buffer.alloc(5));
      streams.push(stream);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closed(server);
    return { port: (server.address() as AddressInfo).port, sessions, streams };
  };

  describe('GOAWAY of a node', () => {
    test('reconnects the endpoint at once, while older streams continue to their end', async () => {
      const node = await patientNode();
      const proxy = await proxyOf([node.port]);
      const client = session(proxy.port);
      const long = generate(client);
      const longStatus = statusIn(long);
      await until(() => node.streams.length === 1);
      node.sessions[0]!.goaway();
      await until(() => node.sessions.length === 2 && proxy.router.endpoints.available[0] === 1);
      const short = statusIn(generate(client));
      await until(() => node.streams.length === 2);
      expect(node.streams[1]!.session).toBe(node.sessions[1]);
      node.streams[1]!.end();
      expect(await short).toBe('0');
      expect(long.closed).toBe(false);
      node.streams[0]!.end();
      expect(await longStatus).toBe('0');
    });

    test('that leaves a stream out has it tried at another node', async () => {
      const leaving = closed(await rawServer((frame, peer) => void (frame.type === HEADERS && peer.goaway(0))));
      const other = closed(await nodeOf(echo));
      const proxy = await proxyOf([leaving.port, leaving.port, other.port], { nodes: ['a', 'a', 'b'] });
      const { status, headers } = await streamed(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
      expect(status.code).toBe(grpc.status.OK);
      expect(headers.get('x-starlane-endpoint')).toEqual(['node-2/fibre']);
    });

    test('in a row does not have it connected in a tight loop', async () => {
      const node = closed(await rawServer((_frame, peer) => peer.goaway(0)));
      await proxyOf([node.port]);
      await settled(900);
      expect(node.peers.length).toBeGreaterThan(1);
      expect(node.peers.length).toBeLessThan(8);
    });
  });

  describe('a node is asked whether it is there', () => {
    const isPing = ({ type, flags }: { readonly type: number; readonly flags: number }): boolean =>
      type === PING && flags === 0;
    const pingsOf = (peer: RawPeer | undefined): number => (peer?.frames ?? []).filter(isPing).length;
    const keepalive = { everyMs: 50, timeoutMs: 20_000 };

    test('three times while it is silent, and then seldom: gRPC servers end a connection with more in five minutes', async () => {
      const node = closed(await rawServer(() => {}));
      await proxyOf([node.port], { keepalive });
      await until(() => pingsOf(node.peers[0]) === 3);
      await settled(1000); // 20 intervals
      expect(pingsOf(node.peers[0])).toBe(3);
    });

    test('anew once something came and it is silent again, and not while frames come', async () => {
      const node = closed(await rawServer(() => {}));
      await proxyOf([node.port], { keepalive: { ...keepalive, everyMs: 100 } });
      const peer = node.peers[0]!;
      const speaking = setInterval(() => peer.credit(1), 2);
      atEnd(() => clearInterval(speaking));
      await settled(50);
      const before = pingsOf(peer);
      await settled(800); // a silence has three pings by then; a busy machine may cause one
      const meanwhile = pingsOf(peer);
      expect(meanwhile).toBeLessThan(before + 3);
      clearInterval(speaking);
      await settled(1500);
      expect(pingsOf(peer)).toBeGreaterThanOrEqual(meanwhile + 2);
    });
  });

  test('a stream that a node refuses is tried at another node, not over another path to the same', async () => {
    const refusing = closed(
      await rawServer((frame, peer) => void (frame.type === HEADERS && peer.reset(frame.stream, 7))),
    );
    const other = closed(await nodeOf(echo));
    const proxy = await proxyOf([refusing.port, refusing.port, other.port], { nodes: ['a', 'a', 'b'] });
    const { status, headers } = await streamed(closed(clientOf(proxy.port)).generate(Buffer.from('x')));
    expect(status.code).toBe(grpc.status.OK);
    expect(headers.get('x-starlane-endpoint')).toEqual(['node-2/fibre']);
  });

  test('a connection that is being made when the clock of the run is set goes on', async () => {
    const clock = SystemClock.notStarted();
    const accepted: Socket[] = [];
    const node = closed(await nodeOf(echo));
    const slow = createTcpServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => {});
      setTimeout(() => {
        const far = connectTcp(node.port, '127.0.0.1');
        far.on('error', () => {});
        socket.pipe(far).pipe(socket);
        atEnd(() => far.destroy());
      }, 200);
      atEnd(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    closed(slow);
    const proxy = proxyOf([(slow.address() as AddressInfo).port], { clock });
    await until(() => accepted.length === 1);
    clock.startAt(Date.now());
    expect((await proxy).router.endpoints.available[0]).toBe(1);
    expect(accepted.length).toBe(1);
  });

  describe('reconcile', () => {
    test('keeps the connection of an endpoint that did not change', async () => {
      const node = await patientNode();
      const proxy = await proxyOf([node.port]);
      proxy.path.reconcile([at(node.port)]);
      expect(proxy.router.endpoints.available[0]).toBe(1);
      await settled(50);
      expect(node.sessions.length).toBe(1);
    });

    test('has new requests go to the new address, and those under way end where they are', async () => {
      const [before, after] = [await patientNode(), await patientNode()];
      const proxy = await proxyOf([before.port]);
      const client = session(proxy.port);
      const old = statusIn(generate(client));
      await until(() => before.streams.length === 1);
      proxy.path.reconcile([at(after.port)]);
      expect(proxy.router.endpoints.available[0]).toBe(0);
      await until(() => proxy.router.endpoints.available[0] === 1);
      const fresh = statusIn(generate(client));
      await until(() => after.streams.length === 1);
      for (const { streams } of [after, before]) streams[0]!.end();
      expect(await Promise.all([old, fresh])).toEqual(['0', '0']);
      await until(() => before.sessions[0]!.destroyed);
    });

    test('makes an endpoint that is gone unavailable at once, and lets it come back', async () => {
      const node = await patientNode();
      const proxy = await proxyOf([node.port]);
      const client = session(proxy.port);
      const old = statusIn(generate(client));
      await until(() => node.streams.length === 1);
      proxy.path.reconcile([null]);
      expect(proxy.router.endpoints.available[0]).toBe(0);
      expect(await statusIn(generate(client))).toBe(`${grpc.status.UNAVAILABLE}`);
      node.streams[0]!.end();
      expect(await old).toBe('0');
      proxy.path.reconcile([at(node.port)]);
      await until(() => proxy.router.endpoints.available[0] === 1);
    });

    test('throws for another number of endpoints', async () => {
      const { proxy } = await proxied(echo);
      expect(() => proxy.path.reconcile([])).toThrow(RangeError);
    });
  });

  test('a client that calls while the nodes are still being connected is served once one is', async () => {
    const node = closed(await nodeOf((call) => call.end()));
    const pipe = closed(await swallowingPipe(node.port));
    pipe.swallow();
    const port = await freePort('127.0.0.1');
    const starting = proxyOf([pipe.port], { port });
    await settled(20);
    const client = closed(clientOf(port));
    const status = statusOf(client.generate(Buffer.from('x')));
    await settled(100);
    pipe.pass();
    expect((await status).code).toBe(grpc.status.OK);
    await starting;
  });

  describe('a client', () => {
    const dialled = async (port: number, bytes: string | Buffer): Promise<{ socket: Socket; text: () => string }> => {
      const socket = connectTcp(port, '127.0.0.1');
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      atEnd(() => socket.destroy());
      await once(socket, 'connect');
      if (bytes.length > 0) socket.write(bytes);
      return { socket, text: () => text };
    };

    test('that uses HTTP/1.1 is told which protocol is needed (RFC 9110 15.5.22), and its connection ends', async () => {
      const { proxy } = await proxied(echo);
      for (const bytes of [
        'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
        'PRI * HTTP/1.1\r\n\r\n',
        'POST /a HTTP/1.1\r\nContent-Length: 1000\r\n\r\n123',
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      ]) {
        const { socket, text } = await dialled(proxy.port, bytes);
        await once(socket, 'close');
        const [head, body] = text().split('\r\n\r\n') as [string, string];
        expect(head.split('\r\n')).toEqual([
          'HTTP/1.1 426 Upgrade Required',
          'Upgrade: h2c',
          'Connection: Upgrade, close',
          'Content-Type: text/plain',
          `Content-Length: ${body.length}`,
        ]);
        expect(body).toMatch(/^This is gRPC: it needs HTTP\/2/);
      }
    });

    test('whose preface comes byte by byte is served', async () => {
      const { proxy } = await proxied(echo);
      const { socket, text } = await dialled(proxy.port, '');
      socket.setNoDelay(true);
      for (const byte of Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')) {
        socket.write(Buffer.of(byte));
        await settled(1);
      }
      await until(() => text().length >= 9);
      expect(text().charCodeAt(3)).toBe(4); // SETTINGS
    });

    test('that sends nothing, or a preface and no SETTINGS, is closed', async () => {
      const node = closed(await nodeOf(echo));
      const proxy = await proxyOf([node.port], { limits: { prefaceMs: 100 } });
      for (const bytes of ['', 'PRI * HT', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
        const { socket } = await dialled(proxy.port, bytes);
        await once(socket, 'close');
      }
    });

    test('that has no request for a while is closed with GOAWAY, and one that has one is not', async () => {
      const node = closed(await nodeOf(hang));
      const proxy = await proxyOf([node.port], { limits: { idleMs: 150 } });
      const busy = session(proxy.port);
      const stream = generate(busy);
      await once(stream, 'response');
      const idle = session(proxy.port);
      const goaway = once(idle, 'goaway');
      expect((await goaway)[0]).toBe(0);
      await until(() => idle.destroyed);
      await settled(200);
      expect([busy.closed, stream.closed]).toEqual([false, false]);
    });

    test('beyond the limit is closed, and there is room again when another leaves', async () => {
      const node = closed(await nodeOf(echo));
      const proxy = await proxyOf([node.port], { limits: { maxConnections: 1, prefaceMs: 600_000 } });
      const first = session(proxy.port);
      expect(await statusIn(generate(first))).toBe('0');
      const { socket } = await dialled(proxy.port, '');
      await once(socket, 'close');
      first.destroy();
      const third = clientOf(proxy.port);
      atEnd(() => third.close());
      while ((await statusOf(third.generate(Buffer.from('x')))).code !== grpc.status.OK) await settled(20);
    });
  });
};
