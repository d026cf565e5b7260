import { once } from 'node:events';
import { type ClientHttp2Session, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { settled } from '../../io/loopback.ts';

/** Answers each call with its body. */
export const echoNode = async () => {
  let lost = 0;
  const open = new Set<Http2Session>();
  const server = createServer();
  server.on('session', (session) => {
    let isRetired = false;
    open.add(session);
    session.on('error', () => {});
    session.on('goaway', (code) => {
      isRetired = code === 0;
    });
    session.on('close', () => {
      open.delete(session);
      if (!isRetired) lost++;
    });
  });
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** How many of its connections ended without a word: the router retires one over which it has cancelled much. */
    lost: () => lost,
    close: () => {
      for (const session of open) session.destroy();
      server.close();
    },
  };
};

/** What a client hears of a call. */
export interface Heard {
  /** The status of gRPC, or that there was none. */
  readonly status: string;
  readonly endpoint: string;
  readonly body: Buffer;
}

/** Makes an ordinary call with that body. */
export const called = (
  session: ClientHttp2Session,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Heard> =>
  new Promise((resolve) => {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc', te: 'trailers' },
      ...headers,
    });
    const pieces: Buffer[] = [];
    let status = 'nothing';
    let endpoint = 'nobody';
    const read = (fields: Readonly<Record<string, unknown>>): void => {
      status = String(fields['grpc-status'] ?? status);
      endpoint = String(fields['x-starlane-endpoint'] ?? endpoint);
    };
    stream.on('error', () => {});
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('data', (bytes: Buffer) => pieces.push(bytes));
    stream.once('close', () => resolve({ status, endpoint, body: Buffer.concat(pieces) }));
    stream.end(body);
  });

/** Waits, but not forever. */
export const soon = async (isSo: () => boolean, what: () => string): Promise<void> => {
  for (let waits = 0; !isSo(); waits++) {
    if (waits > MOST_WAITS) throw new Error(what());
    await settled(waits < 10 ? 1 : 20);
  }
};

const MOST_WAITS = 500;
