// Hot path: messages pass as the slices they came in, never decoded or joined.
import type { Ms } from '../../../core/time/clock.ts';
import type { Attempt } from '../../attempt/attempt.ts';
import { type Ending, endingByNode, NOT_SENT } from '../../attempt/ending.ts';
import type { Status, Wire } from '../../attempt/wire.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { pushbackOf, reportOf, statusOf } from '../answer-headers.ts';
import { CountedRequest } from '../counted-request.ts';
import { LengthWait } from '../length-wait.ts';
import {
  endingOfAnswer,
  endingOfClosed,
  NO_ROOM_FOR_ANSWER,
  NO_ROOM_FOR_REQUEST,
  TOO_LARGE_FOR_CLIENT,
  TOO_LARGE_FOR_NODE,
} from '../node-endings.ts';
import { messageLength } from '../prompt-estimate.ts';
import type { Admitted, ProxyPath } from '../proxy-path.ts';
import { attemptFields } from './attempt-fields.ts';
import type { ClientFrames } from './client-frames.ts';
import { FrameAttempt } from './frame-attempt.ts';
import type { FrameCore } from './frame-core.ts';
import { closingBlock, wholeBlock } from './frame-status.ts';
import type { FrameUpstream } from './frame-upstream.ts';
import type { HeldAccount } from './held-budget.ts';
import { HeldBytes } from './held-bytes.ts';
import { KeptBody } from './kept-body.ts';
import { ownFields, type PassedFields, passedAnswer, passedRequest } from './passed-fields.ts';
import type { StreamListener } from './stream-listener.ts';

/** A request as it came over a stream of a client. */
interface Received {
  readonly client: ClientFrames;
  readonly stream: number;
  readonly fields: FieldList;
  readonly admitted: Admitted;
  readonly isBodyWhole: boolean;
}

/**
 * The bytes of one request, from its fields to its end; `RoutedRequest` decides where they go. It listens to the stream of the client.
 *
 * The fields of an answer wait for its first message: until then nothing has left, and another attempt is possible.
 * The body is kept for that up to `replayBytes`; a request with a longer one is not retried. Each peer may send as many bytes more as
 * the other has taken.
 */
export class FrameRequest implements StreamListener, Wire {
  readonly #path: ProxyPath<FrameUpstream>;
  readonly #core: FrameCore;
  readonly #client: ClientFrames;
  readonly #stream: number;
  /** The fields of the request for a node, but for those of each attempt. */
  readonly #passed: PassedFields;
  /** How often a router before this one has tried it, as that one says. */
  readonly #triedBefore: string | undefined;
  readonly #counted: CountedRequest;
  /** The newest, and the one before where that is open too. */
  #attempt: FrameAttempt | null = null;
  #before: FrameAttempt | null = null;
  /** The fields of the node that end its answer, during that call; and whether they are all of its answer. */
  #said: FieldList | null = null;
  #isSaidWhole = false;
  /** What the client hears if nothing comes after the wait: the status of the attempt before it. Null where there was no wait. */
  #last: Buffer | null = null;
  #hasAnswered = false;
  #isClientGone = false;
  #isBodyWhole: boolean;
  /** The received part of the body, for another attempt; null once another attempt is impossible. */
  #body: KeptBody | null = KeptBody.take();
  #bodyBytes = 0;
  /** How much of the body the client was allowed to send again. */
  #creditedBytes = 0;
  /** What of a long body is held while it waits for its first attempt. */
  #waitingBytes = 0;
  /** Where its route waits for the beginning of its body. */
  #wait: LengthWait | null = null;
  /** Messages that wait for the client, and what is sent behind them. Null until some had to. */
  #held: HeldBytes | null = null;
  #closing: Buffer | null = null;

  constructor(path: ProxyPath<FrameUpstream>, core: FrameCore, received: Received) {
    this.#path = path;
    this.#core = core;
    this.#client = received.client;
    this.#stream = received.stream;
    this.#passed = passedRequest(received.fields, path.isGated);
    this.#triedBefore = received.fields.value('grpc-previous-rpc-attempts');
    this.#isBodyWhole = received.isBodyWhole;
    this.#counted = new CountedRequest(path, received.admitted, this);
  }

  get canReplay(): boolean {
    return this.#body !== null && !this.#isClientGone;
  }

  start(): void {
    this.#client.listen(this.#stream, this);
    this.#counted.begin();
    if (this.#counted.needsLength && !this.#isBodyWhole) this.#wait = new LengthWait(() => this.#route(null));
    else this.#counted.start(() => this.#attempt !== null);
  }

  open(attempt: Attempt): boolean {
    const { counts } = this.#path;
    const upstream = this.#path.upstream(attempt.endpoint);
    counts.began(attempt.endpoint, attempt.number > 1);
    this.#holdNoMore();
    this.#before = this.#attempt;
    this.#attempt = null;
    this.#last = null;
    const own = attemptFields(this.#counted.leftMs, attempt.number > 1 ? `${attempt.number - 1}` : this.#triedBefore);
    if (this.#passed.listBytes + own.listBytes > upstream.headerListBytes) {
      process.nextTick(() => this.#counted.onEnd(attempt, TOO_LARGE_FOR_NODE));
      return true;
    }
    const next = new FrameAttempt(attempt, this, upstream, this.#passed.block, own.block);
    this.#attempt = next;
    if (next.begin(this.#body?.pieces() ?? NONE, this.#isBodyWhole)) return true;
    next.leave();
    this.#attempt = this.#before;
    this.#before = null;
    counts.ended(attempt.endpoint, 'failed');
    return false;
  }

  cancel(attempt: Attempt): void {
    this.#path.counts.ended(attempt.endpoint, 'cancelled');
    this.#openOf(attempt)?.leave();
  }

  /** Sends the fields that waited. */
  commit(attempt: Attempt): void {
    this.#hasAnswered = true;
    this.#dropBody();
    this.#attempt = this.#openOf(attempt);
    this.#before = null;
    this.#respond(attempt);
  }

  wakeAt(atMs: Ms): void {
    this.#counted.wakeAt(atMs);
  }

  finish(status: Status): void {
    const said = status.by === 'node' ? this.#said : null;
    this.#over(status);
    if (this.#isClientGone) return;
    const mostBytes = this.#client.headerListBytes;
    if (this.#hasAnswered || (said !== null && !this.#isSaidWhole)) {
      if (!this.#hasAnswered) this.#respond(this.#counted.attempt!);
      this.#closing = closingBlock(status, said, mostBytes);
      if (this.#hasSentAll) this.#close();
    } else {
      const last = status.by === 'node' && said === null ? this.#last : null;
      this.#client.sendBlock(this.#stream, last ?? wholeBlock(status, said, this.#lastServedBy(), mostBytes), true);
    }
  }

  /** A client sends its head once. */
  onHead(): void {}

  onData(bytes: Buffer, from: number, to: number): void {
    this.#bodyBytes += to - from;
    if (this.#counted.isOver) {
      this.#credit(this.#bodyBytes); // the rest of the body is dropped
      return;
    }
    if (this.#wait !== null) {
      this.#body?.add(bytes, from, to);
      const length = this.#body === null ? null : messageLength(this.#body.pieces());
      if (length !== null) this.#route(length);
      return;
    }
    if (this.#isBodyLong) {
      if (this.#counted.attempt !== null) this.#dropBody();
      else if (!this.#mayHold(to - from)) return;
    }
    this.#body?.add(bytes, from, to);
    this.#attempt?.send(bytes, from, to);
    this.#before?.send(bytes, from, to);
  }

  onTrailers(): void {}

  onEnd(): void {
    this.#isBodyWhole = true;
    if (this.#wait !== null) this.#route(null);
    else {
      this.#attempt?.endBody();
      this.#before?.endBody();
    }
  }

  /** The client has left, or has reset its stream. */
  onReset(): void {
    this.#isClientGone = true;
    this.#held?.clear();
    this.#closing = null;
    if (this.#counted.isOver) return;
    this.#counted.onClientGone();
    this.#over(null);
  }

  onWritable(): void {
    const sent = this.#held?.sendTo(this.#client, this.#stream) ?? 0;
    if (sent > 0) this.#attempt?.used(sent);
    if (this.#hasSentAll) this.#close();
  }

  onAnswer(from: FrameAttempt, fields: FieldList, isLast: boolean): void {
    const refusal = endingOfAnswer(this.#core.view.of(fields));
    if (refusal !== null) this.#giveUp(from, refusal);
    else if (isLast) this.#onStatus(from, fields, true);
    else {
      from.answer = passedAnswer(fields);
      const listBytes = from.answer.listBytes + this.#servedBy(from.attempt).listBytes;
      if (listBytes > this.#client.headerListBytes) this.#giveUp(from, TOO_LARGE_FOR_CLIENT);
    }
  }

  onAnswerData(from: FrameAttempt, bytes: Buffer, start: number, end: number): void {
    const { attempt } = from;
    if (this.#counted.isOver || this.#isClientGone) return;
    this.#counted.onMessage(attempt, end - start);
    const sent = this.#hasSentAll ? this.#client.sendData(this.#stream, bytes, start, end, false) : 0;
    if (sent < 0) return;
    if (sent > 0) from.used(sent);
    const left = end - start - sent;
    if (left === 0) return;
    if (this.#client.held.admits(left)) {
      this.#held ??= new HeldBytes(this.#client.held);
      this.#held.add(Buffer.from(bytes.subarray(start + sent, end))); // `bytes` is read into again
    } else {
      this.#held?.clear();
      this.#giveUp(from, NO_ROOM_FOR_ANSWER);
    }
  }

  onAnswerEnd(from: FrameAttempt, trailers: FieldList | null): void {
    if (trailers === null) this.#ended(from, endingOfClosed(0, false, true));
    else this.#onStatus(from, trailers, false);
  }

  onLost(from: FrameAttempt, code: number, isConnectionLost: boolean): void {
    this.#ended(from, endingOfClosed(code, isConnectionLost, from.answer !== null));
  }

  onNotSent(from: FrameAttempt): void {
    this.#ended(from, NOT_SENT);
  }

  onNoRoom(from: FrameAttempt): void {
    this.#giveUp(from, NO_ROOM_FOR_REQUEST);
  }

  get heldBy(): HeldAccount {
    return this.#client.held;
  }

  /** The client gets credit for what the faster of two attempts has sent. */
  onBodySent(from: FrameAttempt, bytes: number): void {
    this.#path.counts.sent(from.attempt.endpoint, bytes);
    from.sentBytes += bytes;
    this.#credit(from.sentBytes);
  }

  /** Its body says how long its first message is, or does not in time: it is routed with what has come. */
  #route(messageBytes: number | null): void {
    this.#wait?.end();
    this.#wait = null;
    if (this.#counted.isOver) return;
    this.#counted.estimate(messageBytes);
    this.#counted.start(() => this.#attempt !== null);
    if (this.#isBodyLong && this.#counted.attempt !== null) this.#dropBody();
  }

  /** It is too long to be kept for another attempt. */
  get #isBodyLong(): boolean {
    return this.#bodyBytes > this.#path.replayBytes;
  }

  /** Of a long body that waits for its first attempt so many bytes more have come; false where that is too much, and the request is over. */
  #mayHold(bytes: number): boolean {
    if (!this.#client.held.admits(bytes)) {
      this.#counted.onNoRoom();
      return false;
    }
    this.#client.held.add(bytes);
    this.#waitingBytes += bytes;
    return true;
  }

  #holdNoMore(): void {
    if (this.#waitingBytes === 0) return;
    this.#client.held.add(-this.#waitingBytes);
    this.#waitingBytes = 0;
  }

  /** `fields` carry the status: the trailers, or the head of an answer that is nothing else. */
  #onStatus(from: FrameAttempt, fields: FieldList, isWhole: boolean): void {
    this.#said = fields;
    this.#isSaidWhole = isWhole;
    const view = this.#core.view.of(fields);
    const ending = endingByNode(statusOf(view), { report: reportOf(view), pushbackMs: pushbackOf(view) });
    this.#ended(from, ending);
    this.#said = null;
  }

  #ended(from: FrameAttempt, ending: Ending): void {
    this.#counted.onEnd(from.attempt, ending);
    from.leave(); // what comes of the body is for other attempts
    if (this.#said === null || !this.#counted.isWaiting) return;
    const { code } = ending;
    this.#last = wholeBlock({ code }, this.#said, this.#lastServedBy(), this.#client.headerListBytes);
  }

  /** Ends an attempt that the node has not ended. */
  #giveUp(from: FrameAttempt, ending: Ending): void {
    from.leave();
    this.#counted.onEnd(from.attempt, ending);
  }

  #openOf(attempt: Attempt): FrameAttempt | null {
    if (this.#attempt?.attempt === attempt) return this.#attempt;
    return this.#before?.attempt === attempt ? this.#before : null;
  }

  /** Nothing waits for the client. */
  get #hasSentAll(): boolean {
    return this.#held === null || this.#held.isEmpty;
  }

  #respond(attempt: Attempt): void {
    const { block } = this.#openOf(attempt)?.answer ?? NO_ANSWER;
    this.#client.sendBlock(this.#stream, block, false, this.#servedBy(attempt).block);
  }

  /** Sends what ends the answer, once it is known and all before it has left. */
  #close(): void {
    if (this.#closing === null) return;
    this.#client.sendBlock(this.#stream, this.#closing, true);
    this.#closing = null;
  }

  /** Lets the client send again what has left up to there. */
  #credit(upToBytes: number): void {
    const bytes = upToBytes - this.#creditedBytes;
    if (bytes <= 0) return;
    this.#creditedBytes = upToBytes;
    this.#client.used(this.#stream, bytes);
  }

  /** `status` is null where the client left. */
  #over(status: Status | null): void {
    this.#wait?.end();
    this.#wait = null;
    this.#holdNoMore();
    this.#dropBody();
    this.#attempt?.leave();
    this.#before?.leave();
    this.#credit(this.#bodyBytes); // the rest of the body is dropped
    this.#counted.over(status);
  }

  /** No other attempt is possible. */
  #dropBody(): void {
    this.#body?.release();
    this.#body = null;
  }

  #lastServedBy(): PassedFields | null {
    const { attempt } = this.#counted;
    return attempt && this.#servedBy(attempt);
  }

  #servedBy({ endpoint, number }: Attempt): PassedFields {
    return this.#core.servedBy(this.#path.router.endpoints, endpoint, number);
  }
}

const NONE: readonly Buffer[] = [];

const NO_ANSWER = ownFields({ ':status': '200' });
