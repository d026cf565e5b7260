import type { Ms } from '../../../core/time/clock.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { statusOf } from '../answer-headers.ts';
import { LOAD_REPORTS_PATH, LoadMessages, loadRequest } from '../load-messages.ts';
import type { LoadListener, LoadSubscription } from '../load-subscription.ts';
import { FieldView } from './field-view.ts';
import type { NodeFrames } from './node-frames.ts';
import { NOWHERE, ownFields } from './passed-fields.ts';
import type { StreamListener } from './stream-listener.ts';
import type { StreamSeeker, StreamSource } from './stream-seeker.ts';

interface LoadSource extends StreamSource {
  /** Whether requests go over it now. */
  takesRequests(connection: NodeFrames): boolean;
}

/** A stream on which a node reports its load. */
export class FrameLoadStream implements StreamListener, StreamSeeker, LoadSubscription {
  readonly #upstream: LoadSource;
  readonly #listener: LoadListener;
  readonly #request: Buffer;
  readonly #messages: LoadMessages;
  #connection: NodeFrames | null = null;
  #stream = 0;
  #isOver = false;

  constructor(upstream: LoadSource, everyMs: Ms, listener: LoadListener) {
    this.#upstream = upstream;
    this.#listener = listener;
    this.#request = loadRequest(everyMs);
    this.#messages = new LoadMessages((report) => {
      if (!this.#isOver) listener.onReport(report);
    });
  }

  /** False where there is no connection: nothing was sent then, and nothing is told. */
  begin(): boolean {
    return this.#upstream.open(this);
  }

  isCurrent(): boolean {
    return this.#connection === null || this.#upstream.takesRequests(this.#connection);
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#connection !== null) this.#upstream.cancel(this.#connection, this.#stream);
  }

  openOn(connection: NodeFrames): boolean {
    if (this.#isOver) return true;
    this.#stream = connection.open(BLOCK, false, this);
    if (this.#stream === 0) return false;
    this.#connection = connection;
    this.onWritable();
    return true;
  }

  onNoConnection(): void {
    this.#end(null);
  }

  onHead(fields: FieldList, isLast: boolean): void {
    if (isLast) this.onTrailers(fields);
  }

  onData(bytes: Buffer, from: number, to: number): void {
    const isReadable = this.#messages.push(bytes.subarray(from, to));
    this.#connection?.used(this.#stream, to - from);
    if (isReadable || this.#isOver) return;
    this.cancel();
    this.#listener.onEnd(null);
  }

  onTrailers(fields: FieldList): void {
    this.#end(statusOf(new FieldView().of(fields)));
  }

  onEnd(): void {
    this.#end(null);
  }

  onReset(): void {
    this.#end(null);
  }

  /** The request is so short that it leaves whole or not at all. */
  onWritable(): void {
    this.#connection?.sendData(this.#stream, this.#request, 0, this.#request.length, true);
  }

  #end(code: number | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onEnd(code);
  }
}

const { block: BLOCK } = ownFields({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': LOAD_REPORTS_PATH,
  ':authority': NOWHERE,
  te: 'trailers',
  'content-type': 'application/grpc',
});
