import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, until } from '../../../contract/data-path/data-path-bench.ts';
import { RawPeer } from '../../../contract/data-path/raw-http2.ts';
import { headers } from '../../http2/connection-under-test.ts';
import { GRPC } from './client-bench.ts';
import { Dialogue } from './dialogue.ts';
import { echoNode } from './echo-node.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

const pem = (name: string): string => readFileSync(`test/router/standalone/tls/${name}.pem`, 'utf8');

/** A router that clients reach over TLS, before a node that echoes. */
const secured = async (): Promise<number> => {
  const node = closed(await echoNode());
  return (await proxyOf([node.port], { tls: { cert: pem('router'), key: pem('router.key') } })).port;
};

const dialled = (port: number, options: ConnectionOptions): TLSSocket => {
  const socket = connect({ port, host: '127.0.0.1', ca: pem('ca'), servername: 'router.example', ...options });
  socket.on('error', () => {});
  atEnd(() => socket.destroy());
  return socket;
};

const expectServed = async (socket: TLSSocket): Promise<void> => {
  await once(socket, 'secureConnect');
  const client = new Dialogue((onFrame) => new RawPeer(socket, false, onFrame));
  client.say(headers(1, GRPC, true));
  await client.ended(1);
  expect(client.heard((stream) => stream === 1)).toBe('grpc-status 0');
};

test('3.2: a client that agrees on h2 by ALPN is served, and one that agrees on nothing or offers another protocol is closed', async () => {
  const port = await secured();
  for (const options of [{}, { ALPNProtocols: ['http/1.1'] }, { ALPNProtocols: ['h2c'] }]) {
    const socket = dialled(port, options);
    let said = 0;
    socket.on('data', (bytes: Buffer) => {
      said += bytes.length;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(said).toBe(0);
  }
  const socket = dialled(port, { ALPNProtocols: ['http/1.1', 'h2'] });
  await expectServed(socket);
  expect(socket.alpnProtocol).toBe('h2');
});

test('3.4: who agrees on h2 and speaks HTTP/1.1 all the same reads 426, which speaks of TLS', async () => {
  const socket = dialled(await secured(), { ALPNProtocols: ['h2'] });
  socket.end('GET /health HTTP/1.1\r\nHost: router.example\r\n\r\n');
  let said = '';
  for await (const bytes of socket) said += bytes;
  expect(said).toContain('HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2\r\n');
  expect(said).not.toContain('without TLS');
  expect(said).toMatch(/HTTP\/2, agreed on by ALPN\.\n$/);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('9.2: %s is taken, with ephemeral keys and AES-128-GCM', async (version) => {
  const suites = 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256';
  const options: ConnectionOptions = { minVersion: version, maxVersion: version, ciphers: suites };
  const socket = dialled(await secured(), { ALPNProtocols: ['h2'], ...options });
  await expectServed(socket);
  expect(socket.getProtocol()).toBe(version);
});

test.each([
  ['agrees on h2', { ALPNProtocols: ['h2'] }, 1],
  ['knows nothing of ALPN', {}, 0],
] as const)('3.2: a node that %s (%j) is used (%i)', async (_, options: TlsOptions, isUsed) => {
  let calls = 0;
  const node = createServer({ cert: pem('server'), key: pem('server.key'), ...options }, (socket) => {
    const peer = new RawPeer(socket, true);
    atEnd(() => peer.socket.destroy());
  }).listen(0, '127.0.0.1');
  node.on('connection', () => {
    calls++;
  });
  await once(node, 'listening');
  closed(node);
  const proxy = await proxyOf([1]);
  const { port } = node.address() as { port: number };
  proxy.path.reconcile([{ host: '127.0.0.1', port, tls: { ca: pem('ca'), serverName: 'server.example' } }]);
  // One that is not used is tried again.
  await until(() => (isUsed === 1 ? proxy.router.endpoints.available[0] === 1 : calls > 1));
  expect(proxy.router.endpoints.available[0]).toBe(isUsed);
});
