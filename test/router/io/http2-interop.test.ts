import { once } from 'node:events';
import * as http2 from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConnectionEvents } from '../../../router/http2/connection-events.ts';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { Http2Connection } from '../../../router/http2/http2-connection.ts';

/*
 * The frame engine against nghttp2, which is behind node:http2: two readings of the same standards.
 */

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

const blockOf = (fields: Readonly<Record<string, string>>): Buffer =>
  encodeFields(Object.entries(fields).map(([name, value]) => ({ name, value })));

/** Plays a connection on a stream of bytes. Whoever sends outside of its events calls `flush`. */
const play = (
  role: 'client' | 'server',
  socket: Duplex,
  on: (connection: Http2Connection) => Partial<ConnectionEvents>,
) => {
  const told: string[] = [];
  let handlers: Partial<ConnectionEvents> = {};
  const events = new Proxy({} as ConnectionEvents, {
    get:
      (_, name: keyof ConnectionEvents) =>
      (...args: never[]): void => {
        if (name === 'onFault') told.push(args.join(' '));
        (handlers[name] as ((...given: never[]) => void) | undefined)?.(...args);
      },
  });
  const connection = new Http2Connection({ role, events });
  handlers = on(connection);
  const flush = (): void => {
    if (connection.output.length === 0) return;
    socket.write(Buffer.from(connection.output.written));
    connection.output.clear();
  };
  socket.on('data', (bytes: Buffer) => {
    connection.receive(bytes, 0, bytes.length, performance.now());
    flush();
  });
  flush();
  return { connection, flush, told };
};

/** Sends a body as fast as the windows allow. */
const sender = (connection: Http2Connection, trailers: Readonly<Record<string, string>>) => {
  const left = new Map<number, Buffer>();
  const goOn = (stream: number): void => {
    const body = left.get(stream)!;
    const sent = connection.sendData(stream, body, 0, body.length, false);
    if (sent === body.length) connection.sendBlock(stream, blockOf(trailers), true);
    else left.set(stream, body.subarray(sent));
  };
  return {
    begin: (stream: number, body: Buffer): void => {
      left.set(stream, body);
      goOn(stream);
    },
    goOn,
  };
};

/** Resolves when a stream is over, however it ended. */
const closed = (stream: http2.ClientHttp2Stream): Promise<void> => {
  stream.on('error', () => {});
  return new Promise((resolve) => stream.once('close', () => resolve()));
};

const BIG = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) & 255));

/** Values that take each byte that a value may have. */
const ODD = Array.from({ length: 0xff }, (_, byte) => byte + 1)
  .filter((byte) => byte > 0x20 && byte !== 0x7f)
  .map((byte) => String.fromCharCode(byte))
  .join('');

describe('the frame engine as a server, with node:http2 as its client', () => {
  test('takes requests with bodies, answers with bodies and trailers, on many streams', async () => {
    const [near, far] = duplexPair();
    const received = new Map<number, number>();
    const heads: string[] = [];
    const { told } = play('server', far, (connection) => {
      const { begin, goOn } = sender(connection, { 'grpc-status': '0' });
      return {
        onHead: (stream, fields) => {
          heads.push(`${fields.value(':path')} ${fields.value('x-odd') === ODD} ${fields.value('te')}`);
          received.set(stream, 0);
        },
        onData: (stream, _, from, to) => {
          received.set(stream, received.get(stream)! + to - from);
          connection.used(stream, to - from);
        },
        onEnd: (stream) => {
          connection.sendBlock(stream, blockOf({ ':status': '103', link: 'x' }), false);
          connection.sendBlock(stream, blockOf({ ':status': '200', 'x-bytes': `${received.get(stream)}` }), false);
          begin(stream, BIG);
        },
        onWritable: goOn,
      };
    });
    const client = http2.connect('http://x', { createConnection: () => near });
    closings.push(() => client.destroy());
    const ask = async (path: string, body: Buffer) => {
      const stream = client.request({ ':method': 'POST', ':path': path, te: 'trailers', 'x-odd': ODD });
      stream.end(body);
      let trailers: http2.IncomingHttpHeaders = {};
      let interim = 0;
      stream.on('headers', () => interim++);
      stream.on('trailers', (said: http2.IncomingHttpHeaders) => {
        trailers = said;
      });
      const head = once(stream, 'response') as Promise<[http2.IncomingHttpHeaders]>;
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      const [{ 'x-bytes': bytes }] = await head;
      return { bytes, isWhole: Buffer.concat(pieces).equals(BIG), status: trailers['grpc-status'], interim };
    };
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => ask(`/${index}`, BIG.subarray(0, index * 400_000))),
    );
    expect(answers).toEqual(
      answers.map((_, index) => ({ bytes: `${index * 400_000}`, isWhole: true, status: '0', interim: 1 })),
    );
    expect(heads).toEqual(answers.map((_, index) => `/${index} true trailers`));
    const pinged = new Promise((resolve) => client.ping((error) => resolve(error)));
    expect(await pinged).toBeNull();
    expect(told).toEqual([]);
  });

  test('resets, is reset, and drains with GOAWAY', async () => {
    const [near, far] = duplexPair();
    const resets: string[] = [];
    const waiting = Promise.withResolvers<void>();
    const { connection, flush } = play('server', far, (own) => ({
      onHead: (stream, fields) => {
        if (fields.value(':path') === '/refuse') own.reset(stream, 7);
        else waiting.resolve();
      },
      onReset: (stream, code, by) => resets.push(`${stream}: ${code} by ${by}`),
    }));
    const client = http2.connect('http://x', { createConnection: () => near });
    closings.push(() => client.destroy());
    const refused = client.request({ ':method': 'POST', ':path': '/refuse' });
    await closed(refused);
    expect(refused.rstCode).toBe(7);
    const cancelled = client.request({ ':method': 'POST', ':path': '/wait' });
    await waiting.promise;
    cancelled.close(8);
    await closed(cancelled);
    while (resets.length === 0) await new Promise((next) => setTimeout(next, 5));
    expect(resets).toEqual(['3: 8 by peer']);
    const goaway = once(client, 'goaway');
    connection.goaway(0, 'drains');
    flush();
    expect((await goaway).slice(0, 2)).toEqual([0, 3]);
  });
});

describe('the frame engine as a client, with node:http2 as its server', () => {
  test('sends requests with bodies and trailers, and takes answers with theirs', async () => {
    const [near, far] = duplexPair();
    const server = http2.createServer();
    server.on('stream', (asked, headers) => {
      const stream = asked as http2.ServerHttp2Stream;
      stream.additionalHeaders({ ':status': 103, link: 'x' });
      let bytes = 0;
      let trailers: http2.IncomingHttpHeaders = {};
      stream.on('trailers', (said: http2.IncomingHttpHeaders) => {
        trailers = said;
      });
      stream.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      stream.on('end', () => {
        const said = { ':status': 200, 'x-bytes': bytes, 'x-sum': trailers['x-sum'], 'x-odd': headers['x-odd'] };
        stream.respond(said, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(BIG);
      });
    });
    server.emit('connection', far);
    closings.push(() => near.destroy());
    const lines: string[] = [];
    const bytes = new Map<number, Buffer[]>();
    const done = Promise.withResolvers<void>();
    let ended = 0;
    const { connection, flush, told } = play('client', near, (own) => {
      const { begin, goOn } = sender(own, { 'x-sum': 'all' });
      return {
        onInterim: (stream, fields) => lines.push(`interim ${stream} ${fields.value(':status')}`),
        onHead: (stream, fields) => {
          bytes.set(stream, []);
          const [said, sum] = [fields.value('x-bytes'), fields.value('x-sum')];
          lines.push(`head ${stream} ${said} ${sum} ${fields.value('x-odd') === ODD}`);
        },
        onData: (stream, piece, from, to) => {
          bytes.get(stream)!.push(Buffer.from(piece.subarray(from, to)));
          own.used(stream, to - from);
        },
        onTrailers: (stream, fields) => lines.push(`trailers ${stream} ${fields.value('grpc-status')}`),
        onClosed: () => {
          if (++ended === 5) done.resolve();
        },
        onWritable: goOn,
        onPong: () => {
          const request = { ':method': 'POST', ':scheme': 'http', ':path': '/a', ':authority': 'x', 'x-odd': ODD };
          for (let index = 0; index < 5; index++)
            begin(own.open(blockOf(request), false), BIG.subarray(0, index * 500_000));
        },
      };
    });
    connection.ping(Buffer.alloc(8), 0); // the pong comes once its SETTINGS have come
    flush();
    await done.promise;
    for (const stream of [1, 3, 5, 7, 9]) {
      expect(lines).toContain(`interim ${stream} 103`);
      expect(lines).toContain(`head ${stream} ${((stream - 1) / 2) * 500_000} all true`);
      expect(lines).toContain(`trailers ${stream} 0`);
      expect(Buffer.concat(bytes.get(stream)!).equals(BIG)).toBe(true);
    }
    expect([connection.streams, told]).toEqual([0, []]);
  });
});
