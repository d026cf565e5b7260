import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectionEvents } from '../../../router/http2/connection-events.ts';
import type { ConnectionLimits } from '../../../router/http2/connection-settings.ts';
import { Http2Connection } from '../../../router/http2/http2-connection.ts';
import { blockOf, REQUEST } from './connection-under-test.ts';

/** One message that is to be sent on a stream, and what has come of the other one. */
interface Exchange {
  readonly body: Buffer;
  sent: number;
  readonly received: Buffer[];
  hasEnded: boolean;
}

/** An end of a connection that sends a body on each stream as fast as it may, and uses what comes in pieces. */
class Talker {
  readonly exchanges = new Map<number, Exchange>();
  readonly faults: string[] = [];
  readonly connection: Http2Connection;
  closed = 0;

  constructor(role: 'client' | 'server', limits: Partial<ConnectionLimits>, bodyOf: (stream: number) => Buffer) {
    const events: ConnectionEvents = {
      onHead: (stream) => {
        if (role === 'client') return;
        this.connection.sendBlock(stream, blockOf({ ':status': '200' }), false);
        this.begin(stream, bodyOf(stream));
      },
      onInterim: () => {},
      onData: (stream, bytes, from, to) => {
        this.exchanges.get(stream)!.received.push(Buffer.from(bytes.subarray(from, to)));
        this.connection.used(stream, to - from);
      },
      onTrailers: () => {},
      onEnd: (stream) => {
        this.exchanges.get(stream)!.hasEnded = true;
      },
      onReset: (stream, code, by) => this.faults.push(`reset ${stream}: ${code} by ${by}`),
      onClosed: () => this.closed++,
      onWritable: (stream) => this.#goOn(stream),
      onGoaway: (last, code) => this.faults.push(`goaway ${last}: ${code}`),
      onPong: () => {},
      onFault: (code, reason) => this.faults.push(`fault ${code}: ${reason}`),
    };
    this.connection = new Http2Connection({ role, events, limits });
  }

  begin(stream: number, body: Buffer): void {
    this.exchanges.set(stream, { body, sent: 0, received: [], hasEnded: false });
    this.#goOn(stream);
  }

  #goOn(stream: number): void {
    const exchange = this.exchanges.get(stream)!;
    const { body, sent } = exchange;
    exchange.sent += this.connection.sendData(stream, body, sent, body.length, true);
  }
}

/** Passes what one end has written to the other, in pieces of those sizes. */
const pass = (from: Talker, to: Talker, pieceOf: () => number): boolean => {
  const bytes = Buffer.from(from.connection.output.written);
  from.connection.output.clear();
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + pieceOf());
    to.connection.receive(bytes, at, end, 0);
    at = end;
  }
  return bytes.length > 0;
};

const bodyOf = (seed: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, at) => (seed * 31 + at * 7) & 255));

test('two ends exchange bodies of any size on many streams at once, whole and in order, through small windows', () => {
  const lengths = fc.array(fc.oneof(fc.nat(200), fc.integer({ min: 60_000, max: 200_000 })), {
    minLength: 1,
    maxLength: 8,
  });
  const windows = fc.record({
    streamWindowBytes: fc.integer({ min: 65_535, max: 120_000 }),
    connectionWindowBytes: fc.integer({ min: 65_535, max: 150_000 }),
  });
  const pieces = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lengths, lengths, windows, windows, pieces, (up, down, near, far, sizes) => {
      let turn = 0;
      const pieceOf = (): number => sizes[turn++ % sizes.length]!;
      const back = (stream: number): Buffer => bodyOf(stream + 1, down[(stream >> 1) % down.length]!);
      const client = new Talker('client', near, () => Buffer.alloc(0));
      const server = new Talker('server', far, back);
      pass(server, client, pieceOf);
      for (const [index, length] of up.entries()) {
        const stream = client.connection.open(blockOf(REQUEST), false);
        expect(stream).toBe(2 * index + 1);
        client.begin(stream, bodyOf(stream, length));
      }
      for (let isBusy = true; isBusy; )
        isBusy = [pass(client, server, pieceOf), pass(server, client, pieceOf)].includes(true);
      expect([client.faults, server.faults]).toEqual([[], []]);
      for (const [index, length] of up.entries()) {
        const stream = 2 * index + 1;
        const [near, far] = [client.exchanges.get(stream)!, server.exchanges.get(stream)!];
        expect(Buffer.concat(far.received).equals(bodyOf(stream, length))).toBe(true);
        expect(Buffer.concat(near.received).equals(back(stream))).toBe(true);
        expect([near.hasEnded, far.hasEnded]).toEqual([true, true]);
      }
      expect([client.closed, server.closed]).toEqual([up.length, up.length]);
      expect([client.connection.streams, server.connection.streams]).toEqual([0, 0]);
    }),
    { numRuns: 40 },
  );
});

test('whatever bytes come, nothing is thrown, and a connection that is closed has said why', () => {
  const events = new Proxy({} as ConnectionEvents, { get: () => () => {} });
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), fc.boolean(), (pieces, isFramed) => {
      const connection = new Http2Connection({ role: 'client', events });
      connection.open(blockOf(REQUEST), false);
      connection.output.clear();
      const settings = Buffer.from('000000040000000000', 'hex');
      const all = [settings, ...pieces.map((piece) => (isFramed ? framed(piece) : Buffer.from(piece)))];
      for (const bytes of all) connection.receive(bytes, 0, bytes.length, 0);
      const written = connection.output.written;
      if (connection.isClosed) expect(written.includes(Buffer.of(7, 0, 0, 0, 0, 0))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

/** Bytes as a frame of their own length, of a type and a stream that are likely to mean something. */
const framed = (bytes: Uint8Array): Buffer => {
  const [type = 0, flags = 0, stream = 0, ...payload] = bytes;
  return Buffer.concat([Buffer.of(0, 0, payload.length, type % 11, flags, 0, 0, 0, stream % 4), Buffer.from(payload)]);
};
