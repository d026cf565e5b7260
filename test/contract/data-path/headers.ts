import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CreateDataPath, clientOf, nodeOf, statusOf } from '../../router/io/loopback.ts';
import { dataPathBench, echo, generate, hang, statusIn, until } from './data-path-bench.ts';
import { DATA, END_STREAM, HEADERS, type RawHeader, RST_STREAM, rawClient, rawServer, requestOf } from './raw-http2.ts';

/** Headers that mean something to one connection only. */
const HOP_BY_HOP: readonly RawHeader[] = [
  ['http2-settings', 'AAMAAABk'],
  ['connection', 'x-mine'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'keep-alive'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['te', 'gzip'],
  ['host', 'elsewhere'],
  ['content-length', '7'],
];

const known = fc.constantFrom<RawHeader>(
  ...HOP_BY_HOP,
  ['http2-settings', ''],
  [':status', '101'],
  [':path', '/'],
  ['', 'x'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
);
const named = fc.tuple(
  fc.constantFrom('x a', 'X-A', 'x\n', ':x', 'x', 'set-cookie', 'date'),
  fc.constantFrom('', ' a', 'a\r\nb', 'ä'),
);
const text = fc.tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 20 }));
const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

/** Few, since one that nghttp2 itself refuses hides the others. */
const someOdd: fc.Arbitrary<readonly RawHeader[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: known }, named, text, fc.tuple(bytes(6), bytes(9))),
  { minLength: 1, maxLength: 2 },
);

/** An answer of gRPC with those among its headers and its trailers. */
const ANSWER: readonly RawHeader[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

/** What a data path does with the headers of peers that are wrong, too large, or malicious. */
export const headerClaims = (create: CreateDataPath): void => {
  const { closed, atEnd, proxied, proxyOf, session } = dataPathBench(create);

  /** A node over node:http2 that answers with OK, and what headers came to it. */
  const http2Node = async () => {
    const heard: IncomingHttpHeaders[] = [];
    const server = createServer();
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      heard.push(headers);
      stream.on('error', () => {});
      stream.resume();
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }, { endStream: true });
    });
    server.on('session', (open) => {
      open.on('error', () => {});
      atEnd(() => open.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closed(server);
    return { port: (server.address() as AddressInfo).port, heard };
  };

  /** A node that answers each request with what `answer` says, frame by frame. */
  const rawNode = async (answer: () => { headers: readonly RawHeader[]; trailers: readonly RawHeader[] | null }) =>
    closed(
      await rawServer((frame, peer) => {
        const isLast = (frame.flags & END_STREAM) !== 0;
        if (!isLast || (frame.type !== DATA && frame.type !== HEADERS)) return;
        const { headers, trailers } = answer();
        peer.headers(frame.stream, headers, trailers === null);
        if (trailers === null) return;
        peer.data(frame.stream, Buffer.alloc(5));
        peer.headers(frame.stream, trailers, true);
      }),
    );

  describe('headers that belong to one connection', () => {
    test('are not passed on to a node', async () => {
      const node = await http2Node();
      const proxy = await proxyOf([node.port]);
      const client = closed(await rawClient(proxy.port));
      client.headers(
        1,
        requestOf([
          ['http2-settings', 'AAMAAABk'],
          ['host', 'elsewhere'],
          ['x-kept', 'ä'],
        ]),
        true,
      );
      await until(() => node.heard.length === 1);
      expect(node.heard[0]).toMatchObject({ 'x-kept': 'ä', te: 'trailers', ':authority': 'router' });
      for (const name of ['http2-settings', 'host']) expect(node.heard[0]).not.toHaveProperty(name);
    });

    test('are not passed on to a client, neither as headers nor as trailers', async () => {
      const bad: RawHeader = ['http2-settings', 'AAMAAABk'];
      const node = await rawNode(() => ({
        headers: [...ANSWER, bad, ['x-a', '1']],
        trailers: [['grpc-status', '0'], bad, ['x-b', '2']],
      }));
      const proxy = await proxyOf([node.port]);
      const stream = generate(session(proxy.port));
      const heard: IncomingHttpHeaders[] = [];
      stream.on('response', (headers) => heard.push(headers));
      stream.on('trailers', (headers) => heard.push(headers));
      expect(await statusIn(stream)).toBe('0');
      expect(heard).toMatchObject([{ 'x-a': '1' }, { 'x-b': '2' }]);
      for (const headers of heard) expect(headers).not.toHaveProperty('http2-settings');
    });
  });

  describe('headers that no peer should send', () => {
    test('in a request end that request at most', async () => {
      grpc.setLogVerbosity(grpc.logVerbosity.NONE); // the node writes of each header that it does not like
      const { proxy, client } = await proxied(echo);
      await fc.assert(
        fc.asyncProperty(someOdd, async (also) => {
          const raw = await rawClient(proxy.port);
          raw.headers(1, requestOf(also));
          raw.data(1, Buffer.alloc(5), true);
          await until(
            () => raw.socket.destroyed || raw.frames.some(({ stream, flags, type }) => isEnd(stream, flags, type)),
          );
          raw.close();
          expect((await statusOf(client.generate(Buffer.from('x')))).code).toBe(grpc.status.OK);
        }),
        { numRuns: 100 },
      );
      await until(() => proxy.counters().active === 0);
      expect(proxy.router.endpoints.outstanding[0]).toBe(0);
    });

    test('in an answer or its trailers end that request at most', async () => {
      let next: { headers: readonly RawHeader[]; trailers: readonly RawHeader[] | null };
      const node = await rawNode(() => next);
      const proxy = await proxyOf([node.port]);
      const client = session(proxy.port);
      const answers = fc.record({
        headers: someOdd,
        trailers: fc.option(someOdd),
        isBare: fc.boolean(), // without a header of gRPC
      });
      await fc.assert(
        fc.asyncProperty(answers, async ({ headers, trailers, isBare }) => {
          next = {
            headers: [...(isBare ? [] : ANSWER), ...headers],
            trailers: trailers && [...(isBare ? [] : ([['grpc-status', '0']] as const)), ...trailers],
          };
          await until(() => proxy.router.endpoints.available[0] === 1); // nghttp2 gives up a peer that breaks its rules
          await statusIn(generate(client));
          expect(client.destroyed).toBe(false);
        }),
        { numRuns: 100 },
      );
      next = { headers: ANSWER, trailers: [['grpc-status', '0']] };
      await until(() => proxy.router.endpoints.available[0] === 1);
      expect(await statusIn(generate(client))).toBe('0');
      expect(proxy.counters().active).toBe(0);
    });

    test.each([
      [101, '2'],
      [204, '2'],
      [304, '2'],
      [404, '12'],
      [503, '14'],
      [600, '2'],
    ])('HTTP status %i of a node is status %s of gRPC', async (httpStatus, code) => {
      const headers: readonly RawHeader[] = [
        [':status', `${httpStatus}`],
        ['content-type', 'text/html'],
      ];
      const node = await rawNode(() => ({ headers, trailers: null }));
      const proxy = await proxyOf([node.port], { maxAttempts: 1 });
      const client = session(proxy.port);
      const said = await statusIn(generate(client));
      expect(httpStatus === 101 ? ['2', '13'] : [code]).toContain(said); // nghttp2 itself refuses 101
      expect(client.destroyed).toBe(false);
    });
  });

  describe('headers larger than the limit', () => {
    const big = (bytes: number): string => '~'.repeat(bytes); // 13 bits a sign in HPACK

    test('of a request are RESOURCE_EXHAUSTED, and end no other stream', async () => {
      const { proxy, client } = await proxied(hang);
      const other = client.generate(Buffer.from('x'));
      await once(other, 'data');
      const bold = closed(clientOf(proxy.port));
      for (const bytes of [17_000, 40_000]) {
        const metadata = new grpc.Metadata();
        metadata.set('x-big', big(bytes));
        expect((await statusOf(bold.generate(Buffer.from('x'), metadata))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
      }
      const metadata = new grpc.Metadata();
      for (let index = 0; index < 120; index++) metadata.set(`x-${index}`, '1');
      expect((await statusOf(bold.generate(Buffer.from('x'), metadata))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
      expect(proxy.counters().active).toBe(1);
      expect(proxy.router.endpoints.available[0]).toBe(1);
      other.cancel();
    });

    test('of 64 KiB and more end the connection of that client, and no other stream', async () => {
      const { proxy, client } = await proxied(hang);
      const other = client.generate(Buffer.from('x'));
      await once(other, 'data');
      const bold = closed(clientOf(proxy.port));
      const metadata = new grpc.Metadata();
      metadata.set('x-big', big(300_000));
      expect((await statusOf(bold.generate(Buffer.from('x'), metadata))).code).not.toBe(grpc.status.OK);
      expect(proxy.counters().active).toBe(1);
      expect(proxy.router.endpoints.available[0]).toBe(1);
      other.cancel();
    });

    test('over the limit of one node are refused before they reach it, and end no other stream', async () => {
      const heard: number[] = [];
      const node = await rawServer((frame, peer) => {
        if (frame.type === HEADERS) heard.push(frame.stream);
        const isLast = (frame.flags & END_STREAM) !== 0;
        if (isLast && frame.type === DATA) peer.headers(frame.stream, [...ANSWER, ['grpc-status', '0']], true);
      }, 2000);
      const proxy = await proxyOf([closed(node).port]);
      const client = session(proxy.port);
      expect(await statusIn(generate(client, { 'x-big': big(3000) }))).toBe(`${grpc.status.RESOURCE_EXHAUSTED}`);
      expect(heard).toEqual([]);
      expect(await statusIn(generate(client))).toBe('0');
      expect(proxy.router.endpoints.ewma.valueMs[0]).toBeLessThan(5000); // no failure of the node
    });

    test.each(['headers', 'trailers'] as const)(
      'of an answer, in its %s, are RESOURCE_EXHAUSTED, and end nobody else',
      async (where) => {
        const node = closed(
          await nodeOf((call) => {
            const metadata = new grpc.Metadata();
            if (call.request.toString() === 'hang') {
              call.write(Buffer.from('a'));
              return;
            }
            metadata.set('x-big', big(call.request.toString() === 'many' ? 10 : 40_000));
            if (call.request.toString() === 'many') for (let i = 0; i < 120; i++) metadata.set(`x-${i}`, '1');
            if (where === 'headers') call.sendMetadata(metadata);
            call.write(Buffer.from('a'));
            call.end(where === 'trailers' ? metadata : undefined);
          }),
        );
        const proxy = await proxyOf([node.port]);
        const client = closed(clientOf(proxy.port));
        const other = client.generate(Buffer.from('hang'));
        await once(other, 'data');
        for (const what of ['large', 'many']) {
          expect((await statusOf(client.generate(Buffer.from(what)))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
        }
        expect(proxy.counters().active).toBe(1);
        expect(proxy.router.endpoints.available[0]).toBe(1);
        other.cancel();
      },
    );

    test.each(['headers', 'trailers', 'whole'] as const)(
      'that a client takes, in the %s of an answer, are RESOURCE_EXHAUSTED',
      async (where) => {
        const large: RawHeader = ['x-big', big(3000)];
        const node = await rawNode(() =>
          where === 'whole'
            ? { headers: [...ANSWER, ['grpc-status', '0'], large], trailers: null }
            : {
                headers: where === 'headers' ? [...ANSWER, large] : ANSWER,
                trailers: where === 'trailers' ? [['grpc-status', '0'], large] : [['grpc-status', '0']],
              },
        );
        const proxy = await proxyOf([node.port]);
        const client = session(proxy.port);
        client.settings({ maxHeaderListSize: 2000 });
        await once(client, 'localSettings');
        expect(await statusIn(generate(client))).toBe(`${grpc.status.RESOURCE_EXHAUSTED}`);
        expect(client.destroyed).toBe(false);
      },
    );
  });

  test('a thousand requests that their clients cancel do not end the stream of another', {
    timeout: 180_000,
  }, async () => {
    const { proxy, client } = await proxied(hang);
    const other = client.generate(Buffer.from('x'));
    let hasEnded = false;
    other.on('status', () => {
      hasEnded = true;
    });
    await once(other, 'data');
    const hasty = session(proxy.port);
    for (let round = 0; round < 60; round++) {
      const streams = Array.from({ length: 25 }, () => generate(hasty));
      await Promise.all(streams.map((stream) => once(stream, 'response')));
      for (const stream of streams) stream.close(8);
    }
    await until(() => proxy.counters().active === 1);
    await until(() => proxy.router.endpoints.available[0] === 1);
    expect(hasEnded).toBe(false);
    expect(proxy.path.endpointCounters()[0]).toMatchObject({ requests: 1501, cancelled: 1500, active: 1 });
    other.cancel();
  });

  test.each(['', '5', '1s', '-1S', '123456789S', 'soon'])(
    'a grpc-timeout of "%s" is INVALID_ARGUMENT, and no node hears of it',
    async (timeout) => {
      const { proxy } = await proxied(echo);
      const stream = generate(session(proxy.port), { 'grpc-timeout': timeout });
      expect(await statusIn(stream)).toBe(`${grpc.status.INVALID_ARGUMENT}`);
      expect(proxy.path.endpointCounters()[0]).toMatchObject({ requests: 0 });
      expect(proxy.counters()).toMatchObject({ requests: 1, rejected: 1, active: 0 });
      expect(proxy.router.endpoints.ewma.sampledAtMs[0]).toBeNaN();
    },
  );

  test("the deadline that a node gets is the time left of the client's", async () => {
    const node = await http2Node();
    const proxy = await proxyOf([node.port]);
    const client = session(proxy.port);
    for (const timeout of ['900m', '30S']) await statusIn(generate(client, { 'grpc-timeout': timeout }));
    await statusIn(generate(client));
    const leftMs = node.heard.map((headers) => headers['grpc-timeout'] as string | undefined);
    expect(milliseconds(leftMs[0]!)).toBeLessThanOrEqual(900);
    expect(milliseconds(leftMs[0]!)).toBeGreaterThan(0);
    expect(milliseconds(leftMs[1]!)).toBeLessThanOrEqual(30_000);
    expect(milliseconds(leftMs[1]!)).toBeGreaterThan(20_000);
    expect(leftMs[2]).toBeUndefined();
  });
};

const milliseconds = (timeout: string): number =>
  Number(timeout.slice(0, -1)) * { n: 1e-6, u: 1e-3, m: 1, S: 1000, M: 60_000, H: 3.6e6 }[timeout.at(-1)!]!;

const isEnd = (stream: number, flags: number, type: number): boolean =>
  stream === 1 && (type === RST_STREAM || ((type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0));
