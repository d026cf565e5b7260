import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { newKnownBlocks } from '../../../../router/http2/known-blocks.ts';
import { ClientFrames } from '../../../../router/io/frame-proxy/client-frames.ts';
import { Flusher } from '../../../../router/io/frame-proxy/flusher.ts';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { HeldBudget } from '../../../../router/io/frame-proxy/held-budget.ts';
import { ownFields } from '../../../../router/io/frame-proxy/passed-fields.ts';
import { dataPathBench, steady, until } from '../../../contract/data-path/data-path-bench.ts';
import { RawPeer, requestOf } from '../../../contract/data-path/raw-http2.ts';
import { settled } from '../loopback.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

const dialled = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  atEnd(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
};

test('a client that never acknowledges SETTINGS is closed', async () => {
  const proxy = await proxyOf([], { limits: { prefaceMs: 150 } });
  const socket = await dialled(proxy.port);
  socket.resume();
  socket.write(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1'));
  await once(socket, 'close');
});

test('a client that reads nothing of what is sent loses its connection after a while, and one that reads keeps it', async () => {
  const shared = { flusher: new Flusher(), blocks: newKnownBlocks(1000), stallMs: 2000 }; // a busy machine stops for some 100 ms
  const held = new HeldBudget(0).account();
  const { block: head } = ownFields({ ':status': '200' });
  const served: ClientFrames[] = [];
  const piece = Buffer.alloc(256 << 10);
  const server = createServer((socket) => {
    let left = 32 << 20;
    const client: ClientFrames = new ClientFrames({ ...shared, socket }, held, (_, stream) => {
      const send = (): void => {
        for (let sent = piece.length; sent === piece.length && left > 0; left -= sent) {
          sent = client.sendData(stream, piece, 0, piece.length, false);
        }
      };
      const listener = { onHead: ignore, onData: ignore, onTrailers: ignore, onEnd: ignore, onReset: ignore };
      client.listen(stream, { ...listener, onWritable: send });
      client.sendBlock(stream, head, false);
      send();
    });
    served.push(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closed(server);
  /** A client with large windows. */
  const ask = async (): Promise<Socket> => {
    const socket = await dialled((server.address() as { port: number }).port);
    const peer = new RawPeer(socket, false);
    socket.removeAllListeners('data'); // its acknowledgements are not needed, and its list of frames would grow
    for (const stream of [0, 1]) {
      if (stream === 1) peer.headers(1, requestOf(), true);
      peer.send(WINDOW_UPDATE, 0, stream, Buffer.of(0x7f, 0, 0, 0));
    }
    return socket;
  };
  const reading = await ask();
  let read = 0;
  reading.on('data', (bytes: Buffer) => {
    read += bytes.length;
  });
  const deaf = await ask();
  deaf.pause();
  await until(() => read > 32 << 20);
  await until(() => served[1]?.isGone === true);
  await settled(1200);
  expect(served.map(({ isGone }) => isGone)).toEqual([false, true]);
});

test('a client that asks and asks and reads no answer is not read any further', async () => {
  const proxy = await proxyOf([]);
  const socket = await dialled(proxy.port);
  const peer = new RawPeer(socket, false);
  await until(() => peer.frames.length > 0);
  await settled(20);
  socket.pause();
  const asked = 300_000;
  const head = Buffer.concat([Buffer.of(0, 0, block.length, 1, 5), Buffer.alloc(4), block]);
  for (let at = 0; at < asked; ) {
    const many = Buffer.concat(Array.from({ length: 1000 }, () => head));
    for (let row = 0; row < 1000; row++, at++) many.writeUInt32BE(2 * at + 1, row * head.length + 5);
    socket.write(many);
  }
  expect(await steady(() => proxy.counters().requests)).toBeLessThan(asked / 2);
  expect(proxy.counters().requests).toBeGreaterThan(0);
  socket.removeAllListeners('data');
  socket.resume();
  await until(() => proxy.counters().requests === asked);
});

/** A request to a service that nobody offers, so that its answer comes at once. It says that no table is used. */
const { block: fields } = ownFields({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/nobody.Knows/This',
  'content-type': 'application/grpc',
});

const block = Buffer.concat([Buffer.of(0x20), fields]);

const WINDOW_UPDATE = 8;

const ignore = (): void => {};
