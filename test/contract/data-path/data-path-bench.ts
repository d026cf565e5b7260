import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import type * as grpc from '@grpc/grpc-js';
import { afterEach } from 'vitest';
import {
  type CreateDataPath,
  clientOf,
  type LoopbackOptions,
  type LoopbackProxy,
  nodeOf,
  proxyOf,
  settled,
} from '../../router/io/loopback.ts';

export type Answer = grpc.handleServerStreamingCall<Buffer, Buffer>;

/** What the claims about a data path are tried with; each test leaves nothing open. */
export interface DataPathBench {
  /** Has it closed when the test is over. */
  closed<Part extends { close(): unknown }>(part: Part): Part;
  atEnd(close: () => unknown): void;
  /** The data path under test, before those ports. */
  proxyOf(ports: readonly number[], options?: LoopbackOptions): Promise<LoopbackProxy>;
  /** One before a node an answer, and a client of it. */
  proxied(...answers: readonly Answer[]): ReturnType<typeof proxiedBy>;
  /** A session of node:http2 to a port. */
  session(port: number): ClientHttp2Session;
}

export const dataPathBench = (create: CreateDataPath): DataPathBench => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    while (closing.length > 0) await closing.pop()!();
  });
  const bench: DataPathBench = {
    closed: (part) => {
      closing.push(() => part.close());
      return part;
    },
    atEnd: (close) => void closing.push(close),
    proxyOf: async (ports, options = {}) => bench.closed(await proxyOf(ports, { create, ...options })),
    proxied: (...answers) => proxiedBy(bench, answers),
    session: (port) => {
      const session = connect(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      closing.push(() => session.destroy());
      return session;
    },
  };
  return bench;
};

const proxiedBy = async (bench: DataPathBench, answers: readonly Answer[]) => {
  const nodes = await Promise.all(answers.map(async (answer) => bench.closed(await nodeOf(answer))));
  const proxy = await bench.proxyOf(nodes.map(({ port }) => port));
  return { nodes, proxy, client: bench.closed(clientOf(proxy.port)) };
};

/** An empty request over bare HTTP/2. */
export const generate = (session: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream => {
  const path = { ':method': 'POST', ':path': '/test.Echo/Generate' };
  const stream = session.request({ ...path, 'content-type': 'application/grpc', te: 'trailers', ...headers });
  stream.on('error', () => {});
  stream.end(Buffer.alloc(5));
  return stream;
};

/** The status that a stream of node:http2 ends with: of gRPC, or `reset N` by HTTP/2. */
export const statusIn = (stream: ClientHttp2Stream): Promise<string> =>
  new Promise((resolve) => {
    let status: string | undefined;
    const read = (headers: Readonly<Record<string, unknown>>): void => {
      status = (headers['grpc-status'] as string | undefined) ?? status;
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', () => {});
    stream.once('close', () => resolve(status ?? `reset ${stream.rstCode}`));
    stream.resume();
  });

/** Waits until something is so. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await settled(2);
};

/** What a count comes to rest at. */
export const steady = async (count: () => number): Promise<number> => {
  let before = -1;
  while (count() !== before) {
    before = count();
    await settled(100);
  }
  return before;
};

/** Answers with one message, that of the request. */
export const echo: Answer = (call) => {
  call.write(call.request);
  call.end();
};

/** Writes one message and stays. */
export const hang: Answer = (call) => {
  call.write(Buffer.from('a'));
};
