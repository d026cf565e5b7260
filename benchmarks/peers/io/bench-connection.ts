// Hot path of both ends of the load: nothing is allocated for a frame, and a turn of the event loop ends in one write.
import type { Duplex } from 'node:stream';
import type { ConnectionEvents } from '../../../router/http2/connection-events.ts';
import type { FieldList } from '../../../router/http2/field-list.ts';
import { Http2Connection } from '../../../router/http2/http2-connection.ts';

/** Hears what comes on the streams of a connection. Fields and bytes hold during the call. */
export interface BenchStreams {
  onHead(connection: BenchConnection, stream: number, fields: FieldList, isLast: boolean): void;
  onData(connection: BenchConnection, stream: number, bytes: Buffer, from: number, to: number): void;
  onTrailers(connection: BenchConnection, stream: number, fields: FieldList): void;
  /** The peer has sent all of its message. */
  onEnd(connection: BenchConnection, stream: number): void;
  /** The stream is over before its end. */
  onReset(connection: BenchConnection, stream: number): void;
  /** More streams may be open: one is over, or the peer's SETTINGS came. */
  onRoom(connection: BenchConnection): void;
  /** The connection is over, and its streams with it. Called once, and last. */
  onGone(connection: BenchConnection): void;
}

/** What a window did not take yet. */
interface Waiting {
  readonly pieces: Buffer[];
  from: number;
  isLast: boolean;
  /** Sent behind the body, as trailers. */
  trailers: Buffer | null;
}

/** A connection of HTTP/2 between the two ends of the load: what is sent joins in one write a turn, and waits for windows. */
export class BenchConnection implements ConnectionEvents {
  readonly #connection: Http2Connection;
  readonly #socket: Duplex;
  readonly #streams: BenchStreams;
  readonly #waiting = new Map<number, Waiting>();
  readonly #settled = Promise.withResolvers<void>();
  #isDirty = false;

  constructor(role: 'client' | 'server', socket: Duplex, streams: BenchStreams) {
    this.#socket = socket;
    this.#streams = streams;
    this.#connection = new Http2Connection({ role, events: this, limits: LIMITS });
    this.#settled.promise.catch(() => {}); // whoever waits for it hears of it
    socket.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    socket.on('error', () => {}); // `close` follows every error
    socket.once('close', () => {
      this.#settled.reject(new Error('the connection was closed before its SETTINGS came'));
      streams.onGone(this);
    });
    this.#touch();
  }

  /** Resolves when the peer's SETTINGS are here; rejects where it closes before. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Opens a stream with a request. Returns its number; 0 where there can be none now. */
  open(block: Buffer): number {
    this.#touch();
    return this.#connection.open(block, false);
  }

  sendBlock(stream: number, block: Buffer, isLast: boolean): void {
    this.#touch();
    this.#connection.sendBlock(stream, block, isLast);
  }

  /** Sends a piece of a body, which nobody may change any more, now or when there is room. */
  sendData(stream: number, bytes: Buffer, isLast: boolean): void {
    const waiting = this.#waiting.get(stream);
    if (waiting !== undefined) {
      waiting.pieces.push(bytes);
      waiting.isLast = isLast;
      return;
    }
    this.#touch();
    const sent = this.#connection.sendData(stream, bytes, 0, bytes.length, isLast);
    if (sent >= 0 && sent < bytes.length) {
      this.#waiting.set(stream, { pieces: [bytes], from: sent, isLast, trailers: null });
    }
  }

  /** Ends a body with trailers. */
  sendTrailers(stream: number, block: Buffer): void {
    const waiting = this.#waiting.get(stream);
    if (waiting !== undefined) waiting.trailers = block;
    else this.sendBlock(stream, block, true);
  }

  used(stream: number, bytes: number): void {
    this.#connection.used(stream, bytes);
    this.#touch();
  }

  reset(stream: number, code: number): void {
    this.#waiting.delete(stream);
    this.#connection.reset(stream, code);
    this.#touch();
  }

  close(): void {
    this.#socket.destroy();
  }

  onHead(stream: number, fields: FieldList, isLast: boolean): void {
    this.#streams.onHead(this, stream, fields, isLast);
  }

  onInterim(): void {}

  onData(stream: number, bytes: Buffer, from: number, to: number): void {
    this.#streams.onData(this, stream, bytes, from, to);
  }

  onTrailers(stream: number, fields: FieldList): void {
    this.#streams.onTrailers(this, stream, fields);
  }

  onEnd(stream: number): void {
    this.#streams.onEnd(this, stream);
  }

  onReset(stream: number): void {
    this.#waiting.delete(stream);
    this.#streams.onReset(this, stream);
  }

  onClosed(): void {
    this.#streams.onRoom(this);
  }

  onWritable(stream: number): void {
    const waiting = this.#waiting.get(stream);
    if (waiting === undefined) return;
    const { pieces } = waiting;
    this.#touch();
    while (pieces.length > 0) {
      const [piece] = pieces as [Buffer];
      const sent = this.#connection.sendData(
        stream,
        piece,
        waiting.from,
        piece.length,
        waiting.isLast && pieces.length === 1,
      );
      if (sent < 0) break;
      waiting.from += sent;
      if (waiting.from < piece.length) return;
      pieces.shift();
      waiting.from = 0;
    }
    this.#waiting.delete(stream);
    if (waiting.trailers !== null) this.#connection.sendBlock(stream, waiting.trailers, true);
  }

  onGoaway(): void {}
  onPong(): void {}

  onFault(code: number, reason: string): void {
    process.stderr.write(`the peer broke a rule of HTTP/2 (code ${code}): ${reason}\n`);
    this.#touch();
    this.#socket.end();
  }

  #onBytes(bytes: Buffer): void {
    const connection = this.#connection;
    const hadSettings = connection.hasSettings;
    connection.receive(bytes, 0, bytes.length, performance.now());
    if (connection.output.length > 0) this.#touch();
    if (hadSettings || !connection.hasSettings) return;
    this.#settled.resolve();
    this.#streams.onRoom(this);
  }

  #touch(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isDirty = false;
    const { output } = this.#connection;
    if (output.length === 0 || !this.#socket.writable) {
      output.clear();
      return;
    }
    this.#socket.write(output.written);
    // What the system did not take at once is read from the buffer later.
    if (this.#socket.writableLength === 0) output.clear();
    else output.leave();
  };
}

const LIMITS = { maxStreams: 100_000 };
