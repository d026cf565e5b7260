import type { Ms } from '../../../core/time/clock.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { Deadline } from '../deadline.ts';
import { EMPTY_MESSAGE, HEALTH_CHECK_PATH, type HealthReply, healthReplyOf } from '../health-reply.ts';
import { FieldView } from './field-view.ts';
import type { NodeFrames } from './node-frames.ts';
import { NOWHERE, ownFields } from './passed-fields.ts';
import type { StreamListener } from './stream-listener.ts';
import type { StreamSeeker, StreamSource } from './stream-seeker.ts';

/** One question to a node over one of its paths: the health of its whole server. */
export class FrameHealthCheck implements StreamListener, StreamSeeker {
  readonly #upstream: StreamSource;
  readonly #timeout: Deadline;
  readonly #onEnd: (reply: HealthReply | null) => void;
  readonly #beganAtMs = performance.now();
  readonly #message: Buffer[] = [];
  #reply: HealthReply | null = null;
  #connection: NodeFrames | null = null;
  #stream = 0;
  #isOver = false;

  constructor(upstream: StreamSource, timeoutMs: Ms, onEnd: (reply: HealthReply | null) => void) {
    this.#upstream = upstream;
    this.#onEnd = onEnd;
    this.#timeout = new Deadline(timeoutMs, () => this.#onTimeout());
  }

  /** False where there is no connection: nothing was sent then, and nothing is told. */
  begin(): boolean {
    const hasBegun = this.#upstream.open(this);
    if (!hasBegun) this.#timeout.clear();
    return hasBegun;
  }

  openOn(connection: NodeFrames): boolean {
    if (this.#isOver) return true;
    this.#stream = connection.open(BLOCK, false, this);
    if (this.#stream === 0) return false;
    this.#connection = connection;
    this.#sendMessage();
    return true;
  }

  onNoConnection(): void {
    this.#end();
  }

  onHead(fields: FieldList, isLast: boolean): void {
    if (isLast) this.#onStatus(fields);
  }

  onData(bytes: Buffer, from: number, to: number): void {
    this.#message.push(Buffer.from(bytes.subarray(from, to)));
    this.#connection?.used(this.#stream, to - from);
  }

  onTrailers(fields: FieldList): void {
    this.#onStatus(fields);
  }

  onEnd(): void {
    this.#end();
  }

  onReset(): void {
    this.#end();
  }

  onWritable(): void {
    this.#sendMessage();
  }

  /** It is so short that it leaves whole or not at all. */
  #sendMessage(): void {
    this.#connection?.sendData(this.#stream, EMPTY_MESSAGE, 0, EMPTY_MESSAGE.length, true);
  }

  #onStatus(fields: FieldList): void {
    const view = new FieldView().of(fields);
    if (view.get('grpc-status') === undefined) return;
    this.#reply = healthReplyOf(view, this.#message, performance.now() - this.#beganAtMs);
  }

  #onTimeout(): void {
    if (this.#connection !== null) this.#upstream.cancel(this.#connection, this.#stream);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timeout.clear();
    this.#onEnd(this.#reply);
  }
}

const { block: BLOCK } = ownFields({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': HEALTH_CHECK_PATH,
  ':authority': NOWHERE,
  te: 'trailers',
  'content-type': 'application/grpc',
});
