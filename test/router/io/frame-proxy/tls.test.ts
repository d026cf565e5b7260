import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathBench, generate, statusIn, until } from '../../../contract/data-path/data-path-bench.ts';
import { settled } from '../loopback.ts';

const { atEnd, closed, proxyOf } = dataPathBench((options) => new FrameProxy(options));

const pem = (name: string): string => readFileSync(`test/router/standalone/tls/${name}.pem`, 'utf8');

test('clients and nodes may be reached over TLS; a node hears the scheme https, and one with another name is not used', async () => {
  const heard: IncomingHttpHeaders[] = [];
  const node = createSecureServer({ cert: pem('server'), key: pem('server.key') });
  node.on('session', (open) => {
    open.on('error', () => {});
    atEnd(() => open.destroy());
  });
  node.on('stream', (stream: ServerHttp2Stream, headers) => {
    heard.push(headers);
    stream.on('error', () => {});
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
  });
  node.listen(0, '127.0.0.1');
  await once(node, 'listening');
  closed(node);
  const proxy = await proxyOf([1], { tls: { cert: pem('router'), key: pem('router.key') } });
  const { port } = node.address() as AddressInfo;
  const moveTo = (serverName: string): void =>
    proxy.path.reconcile([{ host: '127.0.0.1', port, tls: { ca: pem('ca'), serverName } }]);
  moveTo('server.example');
  await until(() => proxy.router.endpoints.available[0] === 1);
  const client = connect(`https://127.0.0.1:${proxy.port}`, { ca: pem('ca'), servername: 'router.example' });
  client.on('error', () => {});
  atEnd(() => client.destroy());
  expect(await statusIn(generate(client))).toBe('0');
  expect(heard[0]).toMatchObject({ ':scheme': 'https', ':path': '/test.Echo/Generate', te: 'trailers' });
  moveTo('other.example');
  await settled(200);
  expect(proxy.router.endpoints.available[0]).toBe(0); // its certificate has another name
});
