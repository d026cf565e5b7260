// Hot path: pieces of a body pass as they came, and are kept only where a window is used up.
import type { Attempt } from '../../attempt/attempt.ts';
import type { FieldList } from '../../http2/field-list.ts';
import type { HeldAccount } from './held-budget.ts';
import { HeldBytes, keptPiece } from './held-bytes.ts';
import type { NodeFrames } from './node-frames.ts';
import type { PassedFields } from './passed-fields.ts';
import type { StreamListener } from './stream-listener.ts';
import type { StreamSeeker, StreamSource } from './stream-seeker.ts';

/** Whose attempt it is: it hears what comes back, and how much of the body has left. */
interface AttemptOwner {
  onAnswer(attempt: FrameAttempt, fields: FieldList, isLast: boolean): void;
  onAnswerData(attempt: FrameAttempt, bytes: Buffer, from: number, to: number): void;
  /** The fields with the status, or null where the node left them out. */
  onAnswerEnd(attempt: FrameAttempt, trailers: FieldList | null): void;
  /** The stream is over before its end. */
  onLost(attempt: FrameAttempt, code: number, isConnectionLost: boolean): void;
  /** No stream was opened for it: the connection is gone. */
  onNotSent(attempt: FrameAttempt): void;
  onBodySent(attempt: FrameAttempt, bytes: number): void;
  /** There is no room for what the node does not take of the body. */
  onNoRoom(attempt: FrameAttempt): void;
  /** What is held of the body counts there. */
  readonly heldBy: HeldAccount;
}

/** The stream of one attempt to a node. */
export class FrameAttempt implements StreamListener, StreamSeeker {
  readonly attempt: Attempt;
  /** The fields of its answer that wait for its first message. Its owner keeps them here, and how much of the body it has sent. */
  answer: PassedFields | null = null;
  sentBytes = 0;
  readonly #owner: AttemptOwner;
  readonly #upstream: StreamSource;
  readonly #block: Buffer;
  readonly #ownFields: Buffer;
  /** What waits of the body; null until some had to. */
  #held: HeldBytes | null = null;
  #connection: NodeFrames | null = null;
  #stream = 0;
  #isBodyWhole = false;
  #hasSentAll = false;
  /** The node has sent all, or the stream was reset. */
  #hasEnded = false;
  #isLeft = false;

  /** `block` has the fields of the request, and `ownFields` those of this attempt alone. */
  constructor(attempt: Attempt, owner: AttemptOwner, upstream: StreamSource, block: Buffer, ownFields: Buffer) {
    this.attempt = attempt;
    this.#owner = owner;
    this.#upstream = upstream;
    this.#block = block;
    this.#ownFields = ownFields;
  }

  /** Opens its stream with what has come of the body. False where there is no connection. */
  begin(body: readonly Buffer[], isBodyWhole: boolean): boolean {
    for (const piece of body) this.#hold(piece);
    this.#isBodyWhole = isBodyWhole;
    return this.#upstream.open(this);
  }

  openOn(connection: NodeFrames): boolean {
    if (this.#isLeft) return true;
    const isLast = this.#isBodyWhole && this.#holdsNothing;
    this.#stream = connection.open(this.#block, isLast, this, this.#ownFields);
    if (this.#stream === 0) return false;
    this.#connection = connection;
    this.#hasSentAll = isLast;
    if (!isLast) this.onWritable();
    return true;
  }

  onNoConnection(): void {
    if (!this.#isLeft) this.#owner.onNotSent(this);
  }

  /** Sends a piece of the body, and keeps what does not fit. */
  send(bytes: Buffer, from: number, to: number): void {
    const connection = this.#connection;
    if (this.#isLeft) return;
    const mayGo = connection !== null && this.#holdsNothing;
    const sent = mayGo ? connection.sendData(this.#stream, bytes, from, to, false) : 0;
    if (sent < 0) return;
    if (sent > 0) this.#owner.onBodySent(this, sent);
    const left = to - from - sent;
    if (left === 0) return;
    if (this.#owner.heldBy.admits(left)) this.#hold(keptPiece(bytes, from + sent, to));
    else this.#owner.onNoRoom(this);
  }

  /** The body is whole. */
  endBody(): void {
    this.#isBodyWhole = true;
    if (this.#holdsNothing) this.#sendEnd();
  }

  /** Bytes of the answer were passed on: the node may send as many more. */
  used(bytes: number): void {
    this.#connection?.used(this.#stream, bytes);
  }

  /** Ends it, where it has not ended; nothing of it is told any more. A node that has answered before it has the whole body hears so. */
  leave(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#held?.clear();
    if (this.#connection === null || (this.#hasEnded && this.#hasSentAll)) return;
    this.#upstream.cancel(this.#connection, this.#stream);
  }

  onHead(fields: FieldList, isLast: boolean): void {
    this.#hasEnded = isLast;
    if (!this.#isLeft) this.#owner.onAnswer(this, fields, isLast);
  }

  onData(bytes: Buffer, from: number, to: number): void {
    if (this.#isLeft) this.used(to - from);
    else this.#owner.onAnswerData(this, bytes, from, to);
  }

  onTrailers(fields: FieldList): void {
    this.#hasEnded = true;
    if (!this.#isLeft) this.#owner.onAnswerEnd(this, fields);
  }

  onEnd(): void {
    const isTold = this.#hasEnded;
    this.#hasEnded = true;
    if (!isTold && !this.#isLeft) this.#owner.onAnswerEnd(this, null);
  }

  onReset(code: number, isLost: boolean): void {
    this.#hasEnded = true;
    this.#hasSentAll = true;
    if (!this.#isLeft) this.#owner.onLost(this, code, isLost);
  }

  /** Sends what waits. */
  onWritable(): void {
    const connection = this.#connection;
    if (connection === null || this.#isLeft) return;
    const sent = this.#held?.sendTo(connection, this.#stream) ?? 0;
    if (this.#isBodyWhole && this.#holdsNothing) this.#sendEnd();
    if (sent > 0) this.#owner.onBodySent(this, sent);
  }

  get #holdsNothing(): boolean {
    return this.#held === null || this.#held.isEmpty;
  }

  #hold(piece: Buffer): void {
    this.#held ??= new HeldBytes(this.#owner.heldBy);
    this.#held.add(piece);
  }

  #sendEnd(): void {
    if (this.#connection === null || this.#hasSentAll) return;
    this.#hasSentAll = true;
    this.#connection.sendData(this.#stream, NOTHING, 0, 0, true);
  }
}

const NOTHING = Buffer.alloc(0);
