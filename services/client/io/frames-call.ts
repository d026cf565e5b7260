// Hot path: one object a call, and none for a message.
import { grpcStatus, statusOfHttp, statusOfReset } from '../../../router/attempt/grpc-status.ts';
import { formatGrpcTimeout } from '../../../router/attempt/grpc-timeout.ts';
import type { FieldList } from '../../../router/http2/field-list.ts';
import { encodeFields } from '../../../router/http2/hpack/hpack-encoder.ts';
import { Deadline } from '../../../router/io/deadline.ts';
import type { NodeFrames } from '../../../router/io/frame-proxy/node-frames.ts';
import type { StreamListener } from '../../../router/io/frame-proxy/stream-listener.ts';
import { countIn } from '../../../router/io/header-view.ts';
import { GENERATE_PATH, tokensIn } from '../generate-message.ts';
import type { AnswerListener, OpenCall, OutgoingCall } from '../load-transport.ts';
import type { ChannelCall } from './frames-channel.ts';
import { MessageReader } from './message-reader.ts';

/** One call on a stream of the frame engine. */
export class FramesCall implements ChannelCall, StreamListener, OpenCall {
  readonly #authority: string;
  readonly #call: OutgoingCall;
  readonly #listener: AnswerListener;
  readonly #deadline: Deadline;
  readonly #reader = new MessageReader();
  /** The request with its prefix; empty once all of it has left. */
  #body: Buffer;
  #sentBytes = 0;
  #connection: NodeFrames | null = null;
  #stream = 0;
  /** Bytes of the answer that were not given back to its window yet. */
  #owedBytes = 0;
  #httpStatus = 0;
  #code: number | null = null;
  #details = '';
  #isOver = false;

  constructor(authority: string, call: OutgoingCall, listener: AnswerListener) {
    this.#authority = authority;
    this.#call = call;
    this.#listener = listener;
    this.#body = framed(call.message);
    this.#deadline = new Deadline(call.timeoutMs, () => this.#fail(grpcStatus.deadlineExceeded, 'the deadline passed'));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.clear();
    if (this.#stream > 0) this.#connection?.cancel(this.#stream);
  }

  openOn(connection: NodeFrames): boolean {
    if (this.#isOver) return true;
    this.#stream = connection.open(this.#headers(), false, this);
    if (this.#stream === 0) return false;
    this.#connection = connection;
    this.onWritable();
    return true;
  }

  onNoConnection(): void {
    this.#end(grpcStatus.unavailable, 'no connection to the router');
  }

  onWritable(): void {
    const body = this.#body;
    if (body.length === 0) return;
    const sent = this.#connection!.sendData(this.#stream, body, this.#sentBytes, body.length, true);
    if (sent < 0) return; // the answer came first, or the stream is over: its listener hears that
    this.#sentBytes += sent;
    if (this.#sentBytes === body.length) this.#body = NOTHING;
  }

  onHead(fields: FieldList, isLast: boolean): void {
    this.#httpStatus = countIn(fields.value(':status')) ?? 0;
    if (isLast) this.#readStatus(fields);
  }

  onData(bytes: Buffer, from: number, to: number): void {
    this.#owedBytes += to - from;
    if (this.#owedBytes >= OWED_BYTES) {
      this.#connection!.used(this.#stream, this.#owedBytes);
      this.#owedBytes = 0;
    }
    if (this.#httpStatus !== HTTP_OK) return; // a page of some proxy
    const reader = this.#reader;
    reader.feed(bytes, from, to);
    while (!this.#isOver && reader.next()) {
      const tokens = reader.isCompressed ? -1 : tokensIn(reader.bytes, reader.from, reader.to);
      if (tokens < 0) this.#fail(grpcStatus.internal, 'a message is no GenerateResponse');
      else this.#listener.onMessage(tokens);
    }
    if (reader.isTooLong) this.#fail(grpcStatus.resourceExhausted, 'a message is longer than 4 MiB');
  }

  onTrailers(fields: FieldList): void {
    this.#readStatus(fields);
  }

  onEnd(): void {
    if (this.#code !== null) this.#end(this.#code, this.#details);
    else if (this.#httpStatus !== HTTP_OK) this.#end(statusOfHttp(this.#httpStatus), `HTTP status ${this.#httpStatus}`);
    else this.#end(grpcStatus.unknown, 'the answer ended without a status');
  }

  onReset(code: number, isLost: boolean): void {
    if (isLost) this.#end(grpcStatus.unavailable, 'the connection was lost');
    else this.#end(statusOfReset(code), `the stream was reset with code ${code}`);
  }

  #headers(): Buffer {
    const { fields, timeoutMs } = this.#call;
    return encodeFields([
      { name: ':method', value: 'POST' },
      { name: ':scheme', value: 'http' },
      { name: ':path', value: GENERATE_PATH },
      { name: ':authority', value: this.#authority },
      { name: 'te', value: 'trailers' },
      { name: 'content-type', value: 'application/grpc' },
      { name: 'user-agent', value: 'starlane-load' },
      { name: 'grpc-timeout', value: formatGrpcTimeout(Math.min(this.#deadline.leftMs(), timeoutMs)) },
      ...fields.map(([name, value]) => ({ name, value })),
    ]);
  }

  #readStatus(fields: FieldList): void {
    this.#code = countIn(fields.value('grpc-status'));
    this.#details = decoded(fields.value('grpc-message') ?? '');
  }

  /** Ends a call that the other side has not ended. */
  #fail(code: number, details: string): void {
    if (this.#isOver) return;
    if (this.#stream > 0) this.#connection?.cancel(this.#stream);
    this.#body = NOTHING;
    this.#end(code, details);
  }

  #end(code: number, details: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline.clear();
    // An answer may be over before all of its request has left.
    if (this.#stream > 0 && this.#body.length > 0) this.#connection?.cancel(this.#stream);
    this.#body = NOTHING;
    this.#listener.onEnd(code, details);
  }
}

/** A message behind the prefix of gRPC: a flag for compression, and its length. */
const framed = (message: Uint8Array): Buffer => {
  const body = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  body[0] = 0;
  body.writeUInt32BE(message.length, 1);
  body.set(message, PREFIX_BYTES);
  return body;
};

/** A message of a status, which is percent-encoded; as it came where it is not. Source: gRPC over HTTP/2. */
const decoded = (message: string): string => {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
};

const HTTP_OK = 200;
const PREFIX_BYTES = 5;
const NOTHING = Buffer.alloc(0);

/** So little of the window of a stream, 4 MiB, that most answers never give any back. */
const OWED_BYTES = 1 << 20;
