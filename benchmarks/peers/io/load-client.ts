// Hot path: one object a call.
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { Metronome } from '../../../core/time/io/metronome.ts';
import type { FieldList } from '../../../router/http2/field-list.ts';
import { http2Code } from '../../../router/http2/http2-code.ts';
import type { ConnectOrder } from '../load-order.ts';
import { BenchConnection, type BenchStreams } from './bench-connection.ts';

/** Hears of one call. */
export interface CallListener {
  /** A piece of the answer's body. Returns what is wrong with it; null for nothing. */
  onData(bytes: Buffer, from: number, to: number): string | null;
  /** It is over; `fault` is what was wrong with its answer, null for nothing. */
  onOver(fault: string | null): void;
}

interface Call {
  readonly connection: BenchConnection;
  readonly stream: number;
  readonly listener: CallListener;
  fault: string | null;
  grpcStatus: string | undefined;
}

/** A client of gRPC over some connections, which checks the status of every answer. */
export class LoadClient implements BenchStreams {
  readonly #calls = new Map<BenchConnection, Map<number, Call>>();
  #connections: readonly BenchConnection[] = [];
  #next = 0;
  readonly #metronome = new Metronome(() => this.#onWake());
  #onWake: () => void = () => {};
  /** Called when a stream is over, so that there may be room for another. */
  onRoomAgain: (() => void) | null = null;

  /** Resolves when all connections have their SETTINGS; those of before are closed. */
  async connect({ port, connections, ca }: ConnectOrder): Promise<void> {
    this.close();
    this.#next = 0;
    this.#connections = Array.from({ length: connections }, () => {
      const connection = new BenchConnection('client', socketTo(port, ca), this);
      this.#calls.set(connection, new Map());
      return connection;
    });
    await Promise.all(this.#connections.map((connection) => connection.settled()));
  }

  /** Calls with that block of fields and that body, over the connections in turn. Returns false where none takes a stream now. */
  call(block: Buffer, body: Buffer, listener: CallListener): boolean {
    const { length } = this.#connections;
    for (let tried = 0; tried < length; tried++) {
      const connection = this.#connections[this.#next]!;
      this.#next = (this.#next + 1) % length;
      const stream = connection.open(block);
      if (stream === 0) continue;
      this.#calls.get(connection)!.set(stream, { connection, stream, listener, fault: null, grpcStatus: undefined });
      connection.sendData(stream, body, true);
      return true;
    }
    return false;
  }

  /** Calls `onWake` once at `atMs` of `performance.now()`, to about 0.1 ms; a later one takes its place. */
  wakeAt(atMs: number, onWake: () => void): void {
    this.#onWake = onWake;
    this.#metronome.wakeAt(atMs);
  }

  /** Resets all calls that are open; their listeners hear no more. */
  resetAll(): void {
    for (const [connection, calls] of this.#calls) {
      for (const stream of calls.keys()) connection.reset(stream, http2Code.cancel);
      calls.clear();
    }
  }

  close(): void {
    for (const calls of this.#calls.values()) calls.clear();
    for (const connection of this.#connections) connection.close();
    this.#connections = [];
    this.#calls.clear();
  }

  onHead(connection: BenchConnection, stream: number, fields: FieldList, isLast: boolean): void {
    const call = this.#calls.get(connection)?.get(stream);
    if (call === undefined) return;
    const status = fields.value(':status');
    if (status !== '200') call.fault ??= `:status is ${status}, expected 200`;
    if (isLast) call.grpcStatus = fields.value('grpc-status');
  }

  onData(connection: BenchConnection, stream: number, bytes: Buffer, from: number, to: number): void {
    connection.used(stream, to - from);
    const call = this.#calls.get(connection)?.get(stream);
    if (call === undefined) return;
    const fault = call.listener.onData(bytes, from, to);
    call.fault ??= fault;
  }

  onTrailers(connection: BenchConnection, stream: number, fields: FieldList): void {
    const call = this.#calls.get(connection)?.get(stream);
    if (call !== undefined) call.grpcStatus = fields.value('grpc-status');
  }

  onEnd(connection: BenchConnection, stream: number): void {
    const call = this.#calls.get(connection)?.get(stream);
    if (call === undefined) return;
    this.#calls.get(connection)!.delete(stream);
    if (call.grpcStatus !== '0') call.fault ??= `grpc-status is ${call.grpcStatus}, expected 0`;
    call.listener.onOver(call.fault);
  }

  onReset(connection: BenchConnection, stream: number): void {
    const calls = this.#calls.get(connection);
    const call = calls?.get(stream);
    calls?.delete(stream);
    call?.listener.onOver('the stream was reset');
  }

  onRoom(): void {
    this.onRoomAgain?.();
  }

  onGone(connection: BenchConnection): void {
    const calls = this.#calls.get(connection);
    this.#calls.delete(connection);
    for (const { listener } of calls?.values() ?? []) listener.onOver('the connection was lost');
  }
}

const socketTo = (port: number, ca: string | null): Duplex =>
  ca === null
    ? connect({ port, host: '127.0.0.1', noDelay: true })
    : connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['h2'] }).setNoDelay(true);
