import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { FieldList } from '../../http2/field-list.ts';
import { encodeFields } from '../../http2/hpack/hpack-encoder.ts';
import type { OwnCall, OwnCaller } from '../own/own-call.ts';
import type { OwnServices } from '../own/own-services.ts';
import type { ClientFrames } from './client-frames.ts';
import { HeldBytes } from './held-bytes.ts';
import type { StreamListener } from './stream-listener.ts';

/** A request to one of the router's own services. */
export class OwnExchange implements StreamListener, OwnCaller {
  readonly #client: ClientFrames;
  readonly #stream: number;
  readonly #call: OwnCall;
  readonly #held: HeldBytes;
  /** What ends the answer, once it is known; it waits for what the client does not take. */
  #trailers: OutgoingHttpHeaders | null = null;
  #isOver = false;

  constructor(
    own: OwnServices,
    service: string,
    request: { readonly client: ClientFrames; readonly stream: number; readonly fields: FieldList },
  ) {
    this.#client = request.client;
    this.#held = new HeldBytes(request.client.held);
    this.#stream = request.stream;
    this.#call = own.open(service, headersOf(request.fields), this);
  }

  start(isBodyWhole: boolean): void {
    this.#client.listen(this.#stream, this);
    if (isBodyWhole) this.#call.endBody();
  }

  onHead(): void {}

  onData(bytes: Buffer, from: number, to: number): void {
    this.#call.send(bytes.subarray(from, to), () => this.#client.used(this.#stream, to - from));
  }

  onTrailers(): void {}

  onEnd(): void {
    this.#call.endBody();
  }

  onReset(): void {
    this.#isOver = true;
    this.#held.clear();
    this.#call.cancel();
  }

  onWritable(): void {
    if (this.#isOver) return;
    this.#held.sendTo(this.#client, this.#stream);
    if (!this.#held.isEmpty) return;
    if (this.#trailers === null) this.#call.resume();
    else this.#end(this.#trailers);
  }

  onAnswer(headers: OutgoingHttpHeaders, isWhole: boolean): void {
    this.#isOver ||= isWhole;
    this.#client.sendBlock(this.#stream, blockOf(headers), isWhole);
  }

  onAnswerData(bytes: Buffer): void {
    if (this.#isOver) return;
    this.#held.add(bytes);
    this.#held.sendTo(this.#client, this.#stream);
    if (!this.#held.isEmpty) this.#call.pause();
  }

  onAnswerEnd(trailers: OutgoingHttpHeaders): void {
    if (this.#isOver) return;
    if (this.#held.isEmpty) this.#end(trailers);
    else this.#trailers = trailers;
  }

  #end(trailers: OutgoingHttpHeaders): void {
    this.#isOver = true;
    this.#client.sendBlock(this.#stream, blockOf(trailers), true);
  }
}

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
