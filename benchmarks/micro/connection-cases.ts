import type { ConnectionEvents } from '../../router/http2/connection-events.ts';
import { encodeFields } from '../../router/http2/hpack/hpack-encoder.ts';
import { Http2Connection } from '../../router/http2/http2-connection.ts';
import { type Case, sink } from './case.ts';

const MESSAGE = Buffer.alloc(107, 0x61);
const blockOf = (fields: Readonly<Record<string, string>>): Buffer =>
  encodeFields(Object.entries(fields).map(([name, value]) => ({ name, value })));

const REQUEST = {
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/starlane.inference.v1.Inference/Generate',
  ':authority': 'router:50051',
  'content-type': 'application/grpc',
  te: 'trailers',
  'user-agent': 'grpc-node-js/1.14.0',
};
const HEAD = blockOf({ ':status': '200', 'content-type': 'application/grpc' });
const TRAILERS = blockOf({ 'grpc-status': '0' });

const ignore = (): void => {};

/** A client and a server in one process: what one writes the other reads, without sockets. */
const pair = () => {
  const events = (on: Partial<ConnectionEvents>): ConnectionEvents => ({
    onHead: ignore,
    onInterim: ignore,
    onData: ignore,
    onTrailers: ignore,
    onEnd: ignore,
    onReset: ignore,
    onClosed: ignore,
    onWritable: ignore,
    onGoaway: ignore,
    onPong: ignore,
    onFault: (_, reason) => {
      throw new Error(reason);
    },
    ...on,
  });
  const client: Http2Connection = new Http2Connection({
    role: 'client',
    events: events({ onData: (stream, _, from, to) => client.used(stream, to - from), onClosed: () => sink.value++ }),
  });
  const server: Http2Connection = new Http2Connection({
    role: 'server',
    events: events({
      onData: (stream, _, from, to) => server.used(stream, to - from),
      onEnd: (stream) => {
        server.sendBlock(stream, HEAD, false);
        server.sendData(stream, MESSAGE, 0, MESSAGE.length, false);
        server.sendBlock(stream, TRAILERS, true);
      },
    }),
  });
  let nowMs = 0;
  const pass = (from: Http2Connection, to: Http2Connection): void => {
    nowMs += 1;
    to.receive(from.output.written, 0, from.output.length, nowMs);
    from.output.clear();
  };
  const exchange = (): void => {
    pass(client, server);
    pass(server, client);
  };
  exchange();
  exchange();
  return { client, exchange };
};

const REQUESTS = 100;

/** Unary requests through both ends of a connection, a hundred in one read: what they cost without sockets. */
export const connectionCases = (): readonly Case[] => {
  const one = pair();
  const many = pair();
  const request = blockOf(REQUEST);
  const requests = Array.from({ length: 5000 }, (_, index) =>
    blockOf({ ...REQUEST, traceparent: `00-${String(index).padStart(32, '4bf9')}-00f067aa0ba902b7-01` }),
  );
  let next = 0;
  const ask = ({ client }: ReturnType<typeof pair>, block: Buffer): void => {
    const stream = client.open(block, false);
    client.sendData(stream, MESSAGE, 0, MESSAGE.length, true);
  };
  return [
    {
      name: `connection: ${REQUESTS} requests with the same headers, both ends`,
      run: () => {
        for (let count = 0; count < REQUESTS; count++) ask(one, request);
        one.exchange();
      },
    },
    {
      name: `connection: ${REQUESTS} requests with headers that differ, both ends`,
      run: () => {
        for (let count = 0; count < REQUESTS; count++) {
          next = (next + 1) % requests.length;
          ask(many, requests[next]!);
        }
        many.exchange();
      },
    },
  ];
};
