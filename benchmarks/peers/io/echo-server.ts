// Hot path: an echo keeps nothing of its stream.
import { Metronome } from '../../../core/time/io/metronome.ts';
import type { FieldList } from '../../../router/http2/field-list.ts';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import {
  ECHO_PATH,
  framedMessage,
  HEALTH_PATH,
  HOLD_PATH,
  type PaceOrder,
  PREFIX_BYTES,
  STREAM_PATH,
  stampedMessage,
} from '../message.ts';
import type { BenchConnection, BenchStreams } from './bench-connection.ts';
import { monotonicMs } from './monotonic.ts';

interface Call {
  readonly path: string;
  readonly received: Buffer[];
}

/** An answer that stays open, with a message each `everyMs`. */
interface Paced {
  readonly connection: BenchConnection;
  readonly stream: number;
  readonly everyMs: number;
  readonly messageBytes: number;
  dueMs: number;
  number: number;
}

/** Answers the methods of `message.ts` on any number of connections. */
export class EchoServer implements BenchStreams {
  /** Of the streams that are no echo. */
  readonly #calls = new WeakMap<BenchConnection, Map<number, Call>>();
  readonly #paced = new WeakMap<BenchConnection, Map<number, Paced>>();
  readonly #pacing = new Set<Paced>();
  readonly #metronome = new Metronome(() => this.#pace());

  onHead(connection: BenchConnection, stream: number, fields: FieldList): void {
    const path = fields.value(':path') ?? '';
    if (path !== ECHO_PATH) {
      const calls = this.#calls.get(connection) ?? new Map<number, Call>();
      this.#calls.set(connection, calls.set(stream, { path, received: [] }));
    }
    connection.sendBlock(stream, HEAD, false);
  }

  onData(connection: BenchConnection, stream: number, bytes: Buffer, from: number, to: number): void {
    connection.used(stream, to - from);
    const call = this.#calls.get(connection)?.get(stream);
    if (call === undefined) connection.sendData(stream, bytes.subarray(from, to), false);
    else call.received.push(Buffer.from(bytes.subarray(from, to)));
  }

  onTrailers(): void {}

  onEnd(connection: BenchConnection, stream: number): void {
    const call = this.#calls.get(connection)?.get(stream);
    if (call === undefined) {
      connection.sendTrailers(stream, OK);
      return;
    }
    this.#calls.get(connection)!.delete(stream);
    if (call.path === STREAM_PATH) this.#begin(connection, stream, Buffer.concat(call.received));
    else if (call.path === HOLD_PATH) connection.sendData(stream, HELD, false);
    else if (call.path === HEALTH_PATH) {
      connection.sendData(stream, SERVING, false);
      connection.sendTrailers(stream, OK);
    } else connection.sendTrailers(stream, UNIMPLEMENTED);
  }

  onReset(connection: BenchConnection, stream: number): void {
    this.#calls.get(connection)?.delete(stream);
    const paced = this.#paced.get(connection)?.get(stream);
    if (paced === undefined) return;
    this.#paced.get(connection)!.delete(stream);
    this.#pacing.delete(paced);
  }

  onRoom(): void {}

  onGone(connection: BenchConnection): void {
    for (const paced of this.#paced.get(connection)?.values() ?? []) this.#pacing.delete(paced);
  }

  #begin(connection: BenchConnection, stream: number, body: Buffer): void {
    const order = JSON.parse(body.subarray(PREFIX_BYTES).toString()) as PaceOrder;
    const { everyMs, messageBytes, afterMs } = order;
    const dueMs = Math.floor(monotonicMs()) + afterMs;
    const paced: Paced = { connection, stream, everyMs, messageBytes, dueMs, number: 0 };
    const ofConnection = this.#paced.get(connection) ?? new Map<number, Paced>();
    this.#paced.set(connection, ofConnection.set(stream, paced));
    this.#pacing.add(paced);
    if (this.#pacing.size === 1) this.#wakeNext();
  }

  /** Sends what is due. Messages are due at whole ms, and one that is late is sent with the time at which it was due. */
  #pace(): void {
    if (this.#pacing.size === 0) return;
    const nowMs = monotonicMs();
    for (const paced of this.#pacing) {
      while (paced.dueMs <= nowMs) {
        paced.connection.sendData(paced.stream, stampedMessage(paced, paced.messageBytes), false);
        paced.dueMs += paced.everyMs;
        paced.number++;
      }
    }
    this.#wakeNext();
  }

  #wakeNext(): void {
    const nowMs = monotonicMs();
    this.#metronome.wakeAt(performance.now() + Math.floor(nowMs) + 1 - nowMs);
  }
}

const HEAD = encodeFields([
  { name: ':status', value: '200' },
  { name: 'content-type', value: 'application/grpc' },
]);
const OK = encodeFields([{ name: 'grpc-status', value: '0' }]);
const UNIMPLEMENTED = encodeFields([{ name: 'grpc-status', value: '12' }]);
const HELD = framedMessage(Buffer.from('held'));

/** `HealthCheckResponse` with the status SERVING. */
const SERVING = framedMessage(Buffer.of(0x08, 0x01));
