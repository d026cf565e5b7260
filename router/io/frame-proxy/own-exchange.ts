import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { constants } from 'node:http2';
import { grpcStatus } from '../../attempt/grpc-status.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { encodeFields } from '../../http2/hpack/hpack-encoder.ts';
import { answerHeaders, answerTrailers, statusHeaders } from '../header-rules.ts';
import type { OwnServices } from '../own-services.ts';
import type { ClientFrames } from './client-frames.ts';
import { wholeBlock } from './frame-status.ts';
import { HeldBytes } from './held-bytes.ts';
import type { StreamListener } from './stream-listener.ts';

/** A request to one of the router's own services, passed on to the server inside the process. */
export class OwnExchange implements StreamListener {
  readonly #client: ClientFrames;
  readonly #stream: number;
  readonly #server: ClientHttp2Stream | null;
  readonly #held: HeldBytes;
  #trailers: IncomingHttpHeaders = {};
  #hasAnswered = false;
  #isWhole = false;
  #isOver = false;

  constructor(
    own: OwnServices,
    request: { readonly client: ClientFrames; readonly stream: number; readonly fields: FieldList },
  ) {
    this.#client = request.client;
    this.#held = new HeldBytes(request.client.held);
    this.#stream = request.stream;
    this.#server = own.open(headersOf(request.fields));
  }

  start(isBodyWhole: boolean): void {
    const server = this.#server;
    this.#client.listen(this.#stream, this);
    if (server === null) {
      this.#refuse();
      return;
    }
    server.on('error', () => {});
    server.once('response', (answer: IncomingHttpHeaders, flags: number) => {
      if (this.#isOver) return;
      const isLast = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      this.#hasAnswered = true;
      this.#isOver = isLast;
      this.#client.sendBlock(this.#stream, blockOf(answerHeaders(answer, {}).headers), isLast);
      if (!isLast) this.#passMessages(server);
    });
    server.once('trailers', (trailers: IncomingHttpHeaders) => {
      this.#trailers = trailers;
    });
    server.once('close', () => this.#onServerClosed());
    if (isBodyWhole) server.end();
  }

  onHead(): void {}

  onData(bytes: Buffer, from: number, to: number): void {
    if (this.#server === null || this.#server.destroyed) this.#client.used(this.#stream, to - from);
    else this.#server.write(bytes.subarray(from, to), () => this.#client.used(this.#stream, to - from));
  }

  onTrailers(): void {}

  onEnd(): void {
    this.#server?.end();
  }

  onReset(): void {
    this.#isOver = true;
    this.#held.clear();
    this.#server?.close(constants.NGHTTP2_CANCEL);
  }

  onWritable(): void {
    if (this.#isOver) return;
    this.#held.sendTo(this.#client, this.#stream);
    if (!this.#held.isEmpty) return;
    if (!this.#isWhole) this.#server?.resume();
    else if (Object.keys(this.#trailers).length > 0) this.#end(answerTrailers(this.#trailers, {}).headers);
  }

  /** Not before the head: node:http2 may tell of data first. */
  #passMessages(server: ClientHttp2Stream): void {
    server.on('data', (bytes: Buffer) => {
      if (this.#isOver) return;
      this.#held.add(bytes);
      this.onWritable();
      if (!this.#held.isEmpty) server.pause();
    });
    server.once('end', () => {
      this.#isWhole = true;
      this.onWritable();
    });
  }

  #onServerClosed(): void {
    if (this.#isOver) return;
    if (this.#isWhole && Object.keys(this.#trailers).length > 0) return; // the rest waits for the client
    if (this.#hasAnswered) this.#end(SHUTTING_DOWN_FIELDS);
    else this.#refuse();
  }

  #end(trailers: OutgoingHttpHeaders): void {
    this.#isOver = true;
    this.#client.sendBlock(this.#stream, blockOf(trailers), true);
  }

  #refuse(): void {
    this.#isOver = true;
    const block = wholeBlock(SHUTTING_DOWN, null, null, Number.POSITIVE_INFINITY);
    this.#client.sendBlock(this.#stream, block, true);
  }
}

const SHUTTING_DOWN = { code: grpcStatus.unavailable, message: 'the router is shutting down' };
const SHUTTING_DOWN_FIELDS = statusHeaders(SHUTTING_DOWN);

const headersOf = (fields: FieldList): IncomingHttpHeaders => {
  const headers: IncomingHttpHeaders = Object.create(null); // a header may be called __proto__
  for (let at = 0; at < fields.length; at++) headers[fields.names[at]!] ??= fields.valueAt(at);
  return headers;
};

const blockOf = (headers: OutgoingHttpHeaders): Buffer =>
  encodeFields(
    Object.entries(headers).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: `${one}` })),
    ),
  );
