import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { CLIENT_PREFACE } from '../../../../router/http2/frame.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, until } from '../../../contract/data-path/data-path-bench.ts';
import { headers, settings } from '../../http2/connection-under-test.ts';
import { frame } from '../../http2/raw-frames.ts';
import { GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';
import { echoNode } from './echo-node.ts';
import { block } from './odd-frames.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

const dialled = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  atEnd(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
};

/** What a client gets that sends those bytes, until its connection is closed. */
const heardAfter = async (port: number, ...pieces: readonly Buffer[]): Promise<Buffer> => {
  const socket = await dialled(port);
  const heard: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => heard.push(bytes));
  const isClosed = once(socket, 'close');
  for (const piece of pieces) socket.write(piece);
  await isClosed;
  return Buffer.concat(heard);
};

/** A GOAWAY with that code, the last frame. */
const goaway = (code: number): RegExp => new RegExp(`07 ?00 ?00000000 ?00000000 ?0000000${code}[0-9a-f]*$`);

describe('3.4: a client', () => {
  test('that calls with another protocol hears so in HTTP/1.1, and others are served', async () => {
    const node = closed(await echoNode());
    const proxy = await proxyOf([node.port]);
    const said = (await heardAfter(proxy.port, Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toString();
    expect(said).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await heardAfter(proxy.port, Buffer.from('PRI * HTTP/2.0\r\n\r\nXX'))).toString()).toBe(said);
    const client = closed(await Dialogue.with(proxy.port));
    client.say(headers(1, GRPC, true));
    await client.ended(1);
    expect(client.heard((stream) => stream === 1)).toBe('grpc-status 0');
  });

  test.each([
    ['begins with another frame than SETTINGS', frame(6, 0, 0, '0102030405060708')],
    ['begins with an acknowledgement of SETTINGS', frame(4, 1, 0)],
    ['begins with a request', frame(1, 5, 1, block(GRPC))],
  ])('that %s has its connection closed with PROTOCOL_ERROR', async (_, first) => {
    const proxy = await proxyOf([]);
    const heard = await heardAfter(proxy.port, CLIENT_PREFACE, first);
    expect(heard.readUInt8(3)).toBe(4); // our SETTINGS come first, whatever the client does
    expect(heard.toString('hex')).toMatch(goaway(1));
  });

  test('is understood whatever the pieces are in which its bytes come', async () => {
    const node = closed(await echoNode());
    const proxy = await proxyOf([node.port]);
    const socket = await dialled(proxy.port);
    const heard: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => heard.push(bytes));
    for (const byte of Buffer.concat([CLIENT_PREFACE, settings(), frame(1, 5, 1, block(GRPC))])) {
      socket.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    await until(() => Buffer.concat(heard).includes('grpc-status'));
  });
});

describe('a client that is slow', () => {
  const limits = { prefaceMs: 150, idleMs: 200 };

  test.each([
    ['says nothing', []],
    ['stops inside the preface', [CLIENT_PREFACE.subarray(0, 20)]],
    ['sends no SETTINGS', [CLIENT_PREFACE]],
    ['stops inside its SETTINGS', [CLIENT_PREFACE, settings([4, 70_000]).subarray(0, 12)]],
    ['does not acknowledge our SETTINGS', [CLIENT_PREFACE, settings()]],
  ] as const)('and %s is closed', async (_, pieces) => {
    const proxy = await proxyOf([], { limits });
    await heardAfter(proxy.port, ...pieces);
  });

  test.each([
    ['stops inside a block', [frame(1, 1, 1, block(GRPC))]],
    ['stops inside the header of a frame', [frame(1, 5, 1, block(GRPC)).subarray(0, 7)]],
    ['stops inside a request', [frame(1, 5, 1, block(GRPC)).subarray(0, 30)]],
  ] as const)('and %s is idle, and closed as one', async (_, pieces) => {
    const proxy = await proxyOf([], { limits });
    await heardAfter(proxy.port, CLIENT_PREFACE, settings(), frame(4, 1, 0), ...pieces);
  });
});

describe('3.4: a node', () => {
  /** A node that says that first, and what it heard after its preface and SETTINGS, until the connection was closed. */
  const rudeNode = async (first: Buffer) => {
    const heard: Buffer[] = [];
    let calls = 0;
    const server = createServer((socket) => {
      calls++;
      socket.on('error', () => {});
      if (calls === 1) socket.on('data', (bytes: Buffer) => heard.push(bytes));
      else socket.resume();
      socket.write(first);
      atEnd(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closed(server);
    return { port: (server.address() as { port: number }).port, heard, calls: () => calls };
  };

  test.each([
    ['another frame than SETTINGS', frame(6, 0, 0, '0102030405060708')],
    ['an acknowledgement of SETTINGS', frame(4, 1, 0)],
    ['HTTP/1.1', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('that begins with %s hears PROTOCOL_ERROR, and gets no request', async (_, first) => {
    const node = await rudeNode(first);
    const proxy = await proxyOf([node.port]);
    await until(() => node.calls() > 1); // the first connection is over, and another is tried
    const heard = Buffer.concat(node.heard);
    expect(heard.subarray(0, CLIENT_PREFACE.length)).toEqual(CLIENT_PREFACE);
    expect(heard.readUInt8(CLIENT_PREFACE.length + 3)).toBe(4);
    expect(heard.toString('hex')).toMatch(goaway(1));
    expect(proxy.router.endpoints.available[0]).toBe(0);
  });
});
