import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterEach, describe, expect, test } from 'vitest';
import { GenerateRequestSchema, GenerateResponseSchema } from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import { grpcStatus } from '../../router/attempt/grpc-status.ts';
import { generateMessage } from '../../services/client/generate-message.ts';
import { loadTransports } from '../../services/client/io/load-transports.ts';
import type { LoadTransport, OutgoingCall } from '../../services/client/load-transport.ts';
import { ON_ITS_OWN } from '../../workload/schedule.ts';

const aWhile = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;

interface RawServer {
  readonly port: number;
  readonly sessions: ServerHttp2Session[];
  /** Ends the server and its connections. */
  stop(): Promise<void>;
}

/** A server of the least kind, so that it can do what a server of gRPC never does. `serve` is called when all of a request is there. */
const serving = async (serve: Serve, port = 0): Promise<RawServer> => {
  const server: Http2Server = createServer();
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (opened, headers) => {
    const stream = opened as ServerHttp2Stream; // its types leave out which side it is on
    const pieces: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => serve(stream, headers, Buffer.concat(pieces)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  cleanUps.push(() => void stop());
  return { port: (server.address() as AddressInfo).port, sessions, stop };
};

const messageOf = (tokens: number, text = 'x'): Buffer => {
  const bytes = toBinary(GenerateResponseSchema, create(GenerateResponseSchema, { text, tokens }));
  const message = Buffer.alloc(5 + bytes.length);
  message.writeUInt32BE(bytes.length, 1);
  message.set(bytes, 5);
  return message;
};

const begin = (stream: ServerHttp2Stream): void =>
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });

const end = (stream: ServerHttp2Stream, trailers: Record<string, string> = { 'grpc-status': '0' }): void => {
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end();
};

const answerWith =
  (...tokens: readonly number[]): Serve =>
  (stream) => {
    begin(stream);
    for (const count of tokens) stream.write(messageOf(count));
    end(stream);
  };

const planned = { ...ON_ITS_OWN, id: 3, atMs: 0, client: 'a', promptTokens: 5, outputTokens: 3, maxOutputTokens: 8 };

/** What a call hears, in order: tokens of messages, then its status. */
interface Heard {
  readonly tokens: number[];
  end: { readonly code: number; readonly details: string } | null;
}

describe.each(['grpc-js', 'frames'] as const)('the load transport %s', (name) => {
  const transportTo = (port: number, clients = ['a']): LoadTransport => {
    const transport = loadTransports[name](new Map(clients.map((client) => [client, `127.0.0.1:${port}`])));
    cleanUps.push(() => transport.close());
    return transport;
  };
  const connected = async (port: number, clients?: string[]): Promise<LoadTransport> => {
    const transport = transportTo(port, clients);
    await transport.connect(5000);
    return transport;
  };
  /** Calls, and resolves at the end of the call. */
  const call = async (transport: LoadTransport, call: Partial<OutgoingCall> = {}): Promise<Heard> => {
    const heard: Heard = { tokens: [], end: null };
    let isInside = true;
    await new Promise<void>((resolve) => {
      transport.call(
        { client: 'a', ...generateMessage(planned), timeoutMs: 5000, ...call },
        {
          onMessage: (tokens) => {
            expect(isInside).toBe(false);
            expect(heard.end).toBe(null);
            heard.tokens.push(tokens);
          },
          onEnd: (code, details) => {
            expect(isInside).toBe(false);
            expect(heard.end).toBe(null);
            heard.end = { code, details };
            resolve();
          },
        },
      );
      isInside = false;
    });
    return heard;
  };

  test('carries the headers and the message of a request, and what is left of its time', async () => {
    const seen: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
    const { port } = await serving((stream, headers, body) => {
      seen.push({ headers, body });
      answerWith(1)(stream, headers, body);
    });
    const fields: OutgoingCall['fields'] = [
      ['x-request-id', '3'],
      ['x-prefix-bin', Buffer.of(1, 2, 250).toString('base64')],
    ];
    await call(await connected(port), { fields, timeoutMs: 2500 });
    const [{ headers, body }] = seen as [(typeof seen)[0]];
    expect(headers).toMatchObject({
      ':method': 'POST',
      ':path': '/starlane.inference.v1.Inference/Generate',
      'content-type': 'application/grpc',
      te: 'trailers',
      'x-request-id': '3',
    });
    expect(Buffer.from(String(headers['x-prefix-bin']), 'base64')).toEqual(Buffer.of(1, 2, 250));
    expect(headers['grpc-timeout']).toMatch(/^(24\d\d|2500)\d{0,3}[mun]$/);
    expect([body[0], body.readUInt32BE(1)]).toEqual([0, body.length - 5]);
    expect(fromBinary(GenerateRequestSchema, body.subarray(5))).toMatchObject({ promptTokens: 5, outputTokens: 3 });
  });

  test('tells of each message in order, then of the end', async () => {
    const { port } = await serving(answerWith(1, 0, 7));
    expect(await call(await connected(port))).toMatchObject({ tokens: [1, 0, 7], end: { code: 0 } });
  });

  test('joins messages that come in pieces, and divides pieces that have several', async () => {
    const { port } = await serving(async (stream) => {
      begin(stream);
      const bytes = Buffer.concat([messageOf(300), messageOf(2, 'y'.repeat(40_000)), messageOf(5)]);
      for (const [from, to] of [
        [0, 3],
        [3, 6],
        [6, 30],
        [30, bytes.length - 2],
        [bytes.length - 2, bytes.length],
      ] as const) {
        stream.write(bytes.subarray(from, to));
        await aWhile(5);
      }
      end(stream);
    });
    expect(await call(await connected(port))).toMatchObject({ tokens: [300, 2, 5], end: { code: 0 } });
  });

  test('sends a request that is larger than the windows of its peer', async () => {
    const bytes: number[] = [];
    const { port } = await serving((stream, headers, body) => {
      bytes.push(body.length);
      answerWith(1)(stream, headers, body);
    });
    const message = toBinary(GenerateRequestSchema, create(GenerateRequestSchema, { prompt: 'z'.repeat(1 << 20) }));
    expect(await call(await connected(port), { message })).toMatchObject({ end: { code: 0 } });
    expect(bytes).toEqual([message.length + 5]);
  });

  test('reads an answer that is larger than any window', async () => {
    const { port } = await serving((stream) => {
      begin(stream);
      for (let sent = 0; sent < 100; sent++) stream.write(messageOf(1, 'y'.repeat(100_000)));
      end(stream);
    });
    const { tokens, end: ended } = await call(await connected(port));
    expect([tokens.length, ended?.code]).toEqual([100, 0]);
  });

  test('tells the status and the words of a server, with and without messages', async () => {
    const said = { 'grpc-status': '8', 'grpc-message': 'no room, d%C3%A9sol%C3%A9' };
    const before = await serving((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...said }, { endStream: true });
    });
    const after = await serving((stream) => {
      begin(stream);
      stream.write(messageOf(2));
      end(stream, said);
    });
    const ended = { code: grpcStatus.resourceExhausted, details: 'no room, désolé' };
    expect(await call(await connected(before.port))).toEqual({ tokens: [], end: ended });
    expect(await call(await connected(after.port))).toEqual({ tokens: [2], end: ended });
  });

  test('takes what is no answer of gRPC for its status of HTTP', async () => {
    const { port } = await serving((stream) => {
      stream.respond({ ':status': 503, 'content-type': 'text/html' });
      stream.end('<h1>no</h1>');
    });
    expect(await call(await connected(port))).toMatchObject({ tokens: [], end: { code: grpcStatus.unavailable } });
  });

  test('ends with INTERNAL at a message that is none', async () => {
    const { port } = await serving((stream) => {
      begin(stream);
      stream.write(Buffer.of(0, 0, 0, 0, 2, 0xff, 0xff));
      end(stream);
    });
    expect(await call(await connected(port))).toMatchObject({ tokens: [], end: { code: grpcStatus.internal } });
  });

  test('ends at its deadline, and tells the server', async () => {
    const told = Promise.withResolvers<number>();
    const { port } = await serving((stream) => {
      begin(stream);
      stream.on('close', () => told.resolve(stream.rstCode));
    });
    const beganAtMs = performance.now();
    const { end: ended } = await call(await connected(port), { timeoutMs: 80 });
    expect(ended?.code).toBe(grpcStatus.deadlineExceeded);
    expect(performance.now() - beganAtMs).toBeGreaterThan(75);
    expect(await told.promise).toBe(8); // CANCEL
  });

  test('tells nothing more of a call that was cancelled, and ends it at the server', async () => {
    const told = Promise.withResolvers<number>();
    const { port } = await serving((stream) => {
      begin(stream);
      stream.write(messageOf(1));
      stream.on('close', () => told.resolve(stream.rstCode));
    });
    const transport = await connected(port);
    const heard: string[] = [];
    const first = Promise.withResolvers<void>();
    const open = transport.call(
      { client: 'a', ...generateMessage(planned), timeoutMs: 5000 },
      {
        onMessage: () => {
          heard.push('message');
          first.resolve();
        },
        onEnd: () => heard.push('end'),
      },
    );
    await first.promise;
    open.cancel();
    expect(await told.promise).toBe(8);
    await aWhile(20);
    expect(heard).toEqual(['message']);
  });

  test('ends calls with UNAVAILABLE whose connection is lost, and makes a new one for the next', async () => {
    const served: string[] = [];
    const serve: Serve = (stream, headers) => {
      served.push(String(headers['x-request-id']));
      begin(stream);
      stream.write(messageOf(1));
      if (served.length === 1) setTimeout(() => stream.session?.destroy(), 20);
      else end(stream);
    };
    const { port, sessions } = await serving(serve);
    const transport = await connected(port);
    expect((await call(transport)).end?.code).toBe(grpcStatus.unavailable);
    expect((await call(transport)).end?.code).toBe(grpcStatus.ok);
    expect(sessions).toHaveLength(2);
  });

  test('lets calls end over a connection that takes no more, and makes a new one for others', async () => {
    const held: ServerHttp2Stream[] = [];
    const { port, sessions } = await serving((stream, headers, body) => {
      if (held.length > 0) {
        answerWith(1)(stream, headers, body);
        return;
      }
      held.push(stream);
      begin(stream);
      stream.write(messageOf(1));
      stream.session!.goaway(0);
    });
    const transport = await connected(port);
    const slow = call(transport);
    while (held.length === 0) await aWhile(5);
    await aWhile(30);
    expect((await call(transport)).end?.code).toBe(grpcStatus.ok);
    expect(sessions).toHaveLength(2);
    end(held[0]!);
    expect(await slow).toMatchObject({ tokens: [1], end: { code: grpcStatus.ok } });
  });

  test('ends calls with UNAVAILABLE while nobody listens', async () => {
    const server = await serving(answerWith(1));
    const transport = await connected(server.port);
    await server.stop();
    await aWhile(20);
    const [one, other] = await Promise.all([call(transport), call(transport)]);
    for (const { end: ended } of [one, other]) expect(ended?.code).toBe(grpcStatus.unavailable);
    expect((await call(transport)).end?.code).toBe(grpcStatus.unavailable);
  });

  test('comes back by itself to a server that does', async () => {
    const server = await serving(answerWith(1));
    const transport = await connected(server.port);
    await server.stop();
    await aWhile(20);
    expect((await call(transport)).end?.code).toBe(grpcStatus.unavailable);
    await serving(answerWith(1), server.port);
    const untilMs = performance.now() + 5000;
    while ((await call(transport)).end?.code !== grpcStatus.ok && performance.now() < untilMs) await aWhile(50);
    expect((await call(transport)).end?.code).toBe(grpcStatus.ok);
  });

  test('has one connection a client, also where two reach one address', async () => {
    const { port, sessions } = await serving(answerWith(1));
    const transport = await connected(port, ['a', 'b']);
    for (const client of ['a', 'b', 'a', 'b']) await call(transport, { client });
    expect(sessions).toHaveLength(2);
  });

  test('says which client could not connect', async () => {
    const server = await serving(answerWith(1));
    await server.stop();
    await expect(transportTo(server.port, ['here']).connect(200)).rejects.toThrow(
      'client here did not reach the router within 200 ms',
    );
  });
});
