import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport, Http2SessionManager } from '@connectrpc/connect-node';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { FrameProxy } from '../../../router/io/frame-proxy/frame-proxy.ts';
import { Http2Proxy } from '../../../router/io/http2-proxy.ts';
import { dataPathBench } from '../../contract/data-path/data-path-bench.ts';
import type { ByteClientOptions, MakeByteClient } from './byte-client.ts';
import { BYTE_CLIENTS } from './byte-clients.ts';
import { messageOf } from './byte-plan.ts';
import { byteServer } from './byte-server.ts';
import { ByteService } from './byte-service.ts';
import { grpcJsClient } from './grpc-js-client.ts';
import { INTEROP_CASES, type InteropBench } from './interop-cases.ts';

/*
 * Real clients of three libraries, through a live data path, to a server over @grpc/grpc-js.
 */

const PATHS = {
  FrameProxy: dataPathBench((options) => new FrameProxy(options)),
  Http2Proxy: dataPathBench((options) => new Http2Proxy(options)),
};
const { atEnd, closed, proxyOf } = PATHS.FrameProxy;

const pem = (name: string): Buffer => readFileSync(`test/router/standalone/tls/${name}.pem`);

const benchOf = async (
  path: keyof typeof PATHS,
  make: MakeByteClient,
  options: Partial<ByteClientOptions> = {},
): Promise<InteropBench> => {
  const bench = PATHS[path];
  const server = bench.closed(await byteServer());
  const tls = options.tls === undefined ? {} : { tls: { cert: `${pem('router')}`, key: `${pem('router.key')}` } };
  const proxy = await bench.proxyOf([server.port], { services: null, ...tls });
  const client = bench.closed(make({ port: proxy.port, ...options }));
  return { server, proxy, client };
};

describe.each(Object.entries(BYTE_CLIENTS))('%s through FrameProxy keeps gRPC’s interop case', (_, make) => {
  test.each(Object.entries(INTEROP_CASES))('%s', async (_case, run) => {
    await run(await benchOf('FrameProxy', make));
  });
});

test.each(Object.entries(BYTE_CLIENTS))('%s keeps all of them over TLS', async (_, make) => {
  const bench = await benchOf('FrameProxy', make, { tls: { ca: pem('ca'), serverName: 'router.example' } });
  for (const run of Object.values(INTEROP_CASES)) await run(bench);
});

test('the cases are what the reference keeps, too', async () => {
  const bench = await benchOf('Http2Proxy', grpcJsClient);
  for (const run of Object.values(INTEROP_CASES)) await run(bench);
});

test('a service that the router is not told of is UNIMPLEMENTED by the router itself', async () => {
  const server = closed(await byteServer());
  const proxy = await proxyOf([server.port], { services: ['starlane.test.Bytes'] });
  for (const make of Object.values(BYTE_CLIENTS)) {
    const client = closed(make({ port: proxy.port }));
    const { code } = await client.call('one', { messages: [Buffer.alloc(0)], isAbsent: true });
    expect(code).toBe(grpc.status.UNIMPLEMENTED);
  }
  expect(server.begun()).toBe(0);
});

describe('compressed messages', () => {
  test.each(Object.entries(BYTE_CLIENTS))('of %s pass as they are, both ways', async (_, make) => {
    const heard: Buffer[] = [];
    const node = createServer();
    node.on('session', (session) => atEnd(() => session.destroy()));
    node.on('stream', async (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {});
      stream.respond(
        { 'content-type': 'application/grpc', 'grpc-encoding': headers['grpc-encoding'] },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      heard.push(Buffer.concat(pieces));
      stream.end(heard.at(-1));
    });
    node.listen(0, '127.0.0.1');
    await once(node, 'listening');
    closed(node);
    const proxy = await proxyOf([(node.address() as AddressInfo).port], { services: null });
    const client = closed(make({ port: proxy.port, isCompressing: true }));
    const message = Buffer.alloc(50_000, messageOf(3, 0, 100));
    const { code, messages } = await client.call('one', { messages: [message] });
    expect(code).toBe(grpc.status.OK);
    expect(messages[0]!.equals(message)).toBe(true);
    const [wire] = heard;
    expect(wire![0]).toBe(1); // the flag of a compressed message
    expect(wire!.length).toBe(5 + wire!.readUInt32BE(1));
    expect(wire!.length).toBeLessThan(message.length / 10);
    expect(gunzipSync(wire!.subarray(5)).subarray(-message.length).equals(message)).toBe(true);
  });
});

describe('a client that speaks another protocol than gRPC is refused with a status of HTTP, and reaches no node:', () => {
  const refusals: readonly (readonly [string, (baseUrl: string, sessionManager: Http2SessionManager) => Transport])[] =
    [
      [
        'Connect’s own',
        (baseUrl, sessionManager) => createConnectTransport({ baseUrl, sessionManager, httpVersion: '2' }),
      ],
      ['gRPC-Web', (baseUrl, sessionManager) => createGrpcWebTransport({ baseUrl, sessionManager, httpVersion: '2' })],
      ['Connect’s own over HTTP/1.1', (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1' })],
      ['gRPC-Web over HTTP/1.1', (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' })],
    ];
  test.each(refusals)('%s', async (name, transportOf) => {
    const server = closed(await byteServer());
    const proxy = await proxyOf([server.port], { services: null });
    const baseUrl = `http://127.0.0.1:${proxy.port}`;
    const sessionManager = new Http2SessionManager(baseUrl);
    atEnd(() => sessionManager.abort());
    const client = createClient(ByteService, transportOf(baseUrl, sessionManager));
    const error = ConnectError.from(await client.one({ value: Buffer.alloc(5) }).catch((reason: unknown) => reason));
    expect(error.rawMessage).toBe(name.endsWith('HTTP/1.1') ? 'HTTP 426' : 'HTTP 415');
    expect(server.begun()).toBe(0);
  });
});
