// Hot path: messages pass as the chunks they came in, never decoded, copied or joined.

import {
  type ClientHttp2Stream,
  constants,
  type Http2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { type Ending, endingByNode } from '../attempt/ending.ts';
import { formatGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { Status, Wire } from '../attempt/wire.ts';
import { pushbackOf, reportOf, statusOf } from './answer-headers.ts';
import { closingTrailers, wholeAnswer } from './client-status.ts';
import { CountedRequest } from './counted-request.ts';
import { headerViewOf } from './header-view.ts';
import { answerHeaders, requestHeaders } from './http2-headers.ts';
import type { Http2Upstream } from './http2-upstream.ts';
import { LengthWait } from './length-wait.ts';
import {
  endingOfAnswer,
  endingOfClosed,
  TOO_LARGE_FOR_CLIENT,
  TOO_LARGE_FOR_NODE,
  UNSENDABLE,
} from './node-endings.ts';
import { NodeStream } from './node-stream.ts';
import { messageLength } from './prompt-estimate.ts';
import type { Admitted, ProxyPath } from './proxy-path.ts';
import { servedBy } from './served-by.ts';

/**
 * The bytes of one request, from its headers to its end; `RoutedRequest` decides where they go.
 *
 * The headers of an answer wait for its first message: until then nothing has left, and another attempt is possible.
 * The body is kept for that up to `replayBytes`; a request with a longer one is not retried.
 */
export class ProxiedRequest implements Wire {
  readonly #proxy: ProxyPath<Http2Upstream>;
  readonly #client: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #counted: CountedRequest;
  /** The newest attempt, and the one before where that is open too. */
  #node: NodeStream | null = null;
  #before: NodeStream | null = null;
  /** What is sent as trailers once the answer is written. */
  #closing: OutgoingHttpHeaders = {};
  #hasAnswered = false;
  #isBodyWhole: boolean;
  /** The received part of the body, for another attempt; null once another attempt is impossible. */
  #body: Buffer[] | null = [];
  #bodyBytes = 0;
  /** Where its route waits for the beginning of its body. */
  #wait: LengthWait | null = null;

  constructor(
    proxy: ProxyPath<Http2Upstream>,
    client: ServerHttp2Stream,
    request: {
      readonly admitted: Admitted;
      readonly headers: IncomingHttpHeaders;
      readonly isBodyWhole: boolean;
    },
  ) {
    this.#proxy = proxy;
    this.#client = client;
    this.#headers = request.headers;
    this.#counted = new CountedRequest(proxy, request.admitted, this);
    this.#isBodyWhole = request.isBodyWhole;
  }

  get canReplay(): boolean {
    return this.#body !== null && !this.#isClientGone();
  }

  start(): void {
    const client = this.#client;
    client.on('error', ignore);
    client.on('close', () => this.#onClientGone());
    if (!this.#isBodyWhole) {
      client.on('data', (chunk: Buffer) => this.#onBody(chunk));
      client.on('end', () => this.#onBodyEnd());
    }
    this.#counted.begin();
    if (this.#counted.needsLength && !this.#isBodyWhole) this.#wait = new LengthWait(() => this.#route(null));
    else this.#counted.start(() => this.#node !== null);
  }

  open(attempt: Attempt): boolean {
    const { counts } = this.#proxy;
    const upstream = this.#proxy.upstream(attempt.endpoint);
    counts.began(attempt.endpoint, attempt.number > 1);
    const { headers, bytes } = requestHeaders(this.#headers, this.#ownHeaders(attempt));
    this.#before = this.#node;
    this.#node = null;
    if (bytes > upstream.headerListBytes) {
      process.nextTick(() => this.#counted.onEnd(attempt, TOO_LARGE_FOR_NODE));
      return true;
    }
    const body = this.#body ?? [];
    let node: ClientHttp2Stream | null;
    try {
      node = upstream.request(headers, this.#isBodyWhole && body.length === 0);
    } catch {
      process.nextTick(() => this.#counted.onEnd(attempt, UNSENDABLE));
      return true;
    }
    if (node === null) {
      this.#node = this.#before;
      this.#before = null;
      counts.ended(attempt.endpoint, 'failed');
      return false;
    }
    this.#node = new NodeStream(attempt, node, upstream);
    this.#listen(this.#node);
    for (const chunk of body) {
      counts.sent(attempt.endpoint, chunk.length);
      node.write(chunk);
    }
    if (this.#isBodyWhole && body.length > 0) node.end();
    this.#client.resume(); // the stream of an earlier attempt may have been what paused it
    return true;
  }

  cancel(attempt: Attempt): void {
    this.#proxy.counts.ended(attempt.endpoint, 'cancelled');
    this.#openOf(attempt)?.cancel();
  }

  /** Sends the headers that waited. */
  commit(attempt: Attempt): void {
    this.#hasAnswered = true;
    this.#body = null;
    this.#node = this.#openOf(attempt);
    this.#before = null;
    this.#client.on('drain', () => this.#node?.node.resume());
    this.#respond(this.#node?.answer ?? {});
  }

  wakeAt(atMs: Ms): void {
    this.#counted.wakeAt(atMs);
  }

  finish(status: Status): void {
    this.#over(status);
    if (this.#isClientGone()) return;
    const { attempt } = this.#counted;
    const { answer = null, trailers = null } = (attempt && this.#openOf(attempt)) ?? {};
    const isByNode = status.by === 'node' && trailers !== null;
    if (this.#hasAnswered || (isByNode && trailers !== answer)) {
      this.#closing = closingTrailers(status, trailers, this.#clientHeaderListBytes());
      if (!this.#hasAnswered) this.#respond(answer ?? {});
      this.#client.end();
      return;
    }
    const said = isByNode ? answer : null;
    const headers = wholeAnswer(status, said, this.#servedByLast(), this.#clientHeaderListBytes());
    this.#tryOnClient(() => this.#client.respond(headers, { endStream: true }));
  }

  #ownHeaders(attempt: Attempt): Record<string, string> {
    const own: Record<string, string> = {};
    const { leftMs } = this.#counted;
    if (leftMs !== null) own['grpc-timeout'] = formatGrpcTimeout(leftMs);
    if (attempt.number > 1) own['grpc-previous-rpc-attempts'] = `${attempt.number - 1}`;
    return own;
  }

  #listen(from: NodeStream): void {
    const { node } = from;
    const { session } = node; // the stream forgets it when it closes
    const unlessLeft =
      <Arguments extends unknown[]>(handle: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        if (!from.isLeft) handle(...given);
      };
    node.on('error', ignore);
    node.on('drain', () => this.#client.resume());
    node.on(
      'response',
      unlessLeft((answer: IncomingHttpHeaders, flags: number) =>
        this.#onAnswer(from, answer, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0),
      ),
    );
    node.on(
      'data',
      unlessLeft((chunk: Buffer) => this.#onMessages(from, chunk)),
    );
    node.on(
      'trailers',
      unlessLeft((trailers: IncomingHttpHeaders) => {
        from.trailers = trailers;
      }),
    );
    node.on(
      'end',
      unlessLeft(() => {
        if (from.trailers !== null) this.#onAnswerEnd(from, from.trailers);
      }),
    );
    node.on(
      'close',
      unlessLeft(() => this.#onNodeClosed(from, session)),
    );
  }

  #onBody(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (this.#wait !== null && this.#body !== null) {
      this.#body.push(chunk);
      const length = messageLength(this.#body);
      if (length !== null) this.#route(length);
      return;
    }
    const isLong = this.#bodyBytes > this.#proxy.replayBytes;
    if (isLong && this.#counted.attempt !== null) this.#body = null;
    if (isLong && this.#counted.attempt === null) this.#client.pause(); // it waits for its first attempt
    this.#body?.push(chunk);
    for (const to of [this.#node, this.#before]) {
      if (to === null || to.isLeft) continue;
      this.#proxy.counts.sent(to.attempt.endpoint, chunk.length);
      if (!to.node.write(chunk)) this.#client.pause();
    }
  }

  #onBodyEnd(): void {
    this.#isBodyWhole = true;
    if (this.#wait !== null) {
      this.#route(null);
      return;
    }
    for (const to of [this.#node, this.#before]) if (to?.isLeft === false) to.node.end();
  }

  /** Its body says how long its first message is, or does not in time: it is routed with what has come. */
  #route(messageBytes: number | null): void {
    this.#wait?.end();
    this.#wait = null;
    if (this.#counted.isOver) return;
    this.#counted.estimate(messageBytes);
    this.#counted.start(() => this.#node !== null);
    if (this.#bodyBytes > this.#proxy.replayBytes && this.#counted.attempt !== null) this.#body = null;
  }

  #onAnswer(from: NodeStream, answer: IncomingHttpHeaders, isWhole: boolean): void {
    const refusal = endingOfAnswer(headerViewOf(answer));
    from.answer = answer;
    if (refusal !== null) this.#giveUp(from, refusal);
    else if (isWhole) this.#onAnswerEnd(from, answer);
    else if (answerHeaders(answer, this.#servedBy(from.attempt)).bytes > this.#clientHeaderListBytes()) {
      this.#giveUp(from, TOO_LARGE_FOR_CLIENT);
    }
  }

  #onMessages(from: NodeStream, chunk: Buffer): void {
    if (this.#counted.isOver || this.#isClientGone()) return;
    this.#counted.onMessage(from.attempt, chunk.length);
    if (!this.#client.write(chunk)) from.node.pause();
  }

  /** `end` carries the status: the trailers, or the headers of an answer that is nothing else. */
  #onAnswerEnd(from: NodeStream, end: IncomingHttpHeaders): void {
    from.trailers = end;
    const view = headerViewOf(end);
    this.#ended(from, endingByNode(statusOf(view), { report: reportOf(view), pushbackMs: pushbackOf(view) }));
  }

  #onNodeClosed(from: NodeStream, session: Http2Session | undefined): void {
    if (from.attempt.hasEnded) return;
    const code = from.node.rstCode ?? 0;
    this.#ended(from, endingOfClosed(code, session?.destroyed ?? true, from.answer !== null));
  }

  #ended(from: NodeStream, ending: Ending): void {
    this.#counted.onEnd(from.attempt, ending);
    from.leave(); // what comes of the body is for other attempts
    this.#client.resume(); // it may have been what paused it
  }

  /** Ends an attempt that the node has not ended. */
  #giveUp(from: NodeStream, ending: Ending): void {
    from.cancel();
    this.#counted.onEnd(from.attempt, ending);
  }

  #openOf(attempt: Attempt): NodeStream | null {
    if (this.#node?.attempt === attempt) return this.#node;
    return this.#before?.attempt === attempt ? this.#before : null;
  }

  #onClientGone(): void {
    if (this.#counted.isOver) return;
    this.#counted.onClientGone();
    this.#over(null);
  }

  #respond(headers: IncomingHttpHeaders): void {
    const client = this.#client;
    client.on('wantTrailers', () => this.#tryOnClient(() => client.sendTrailers(this.#closing)));
    const list = answerHeaders(headers, this.#servedByLast());
    this.#tryOnClient(() => client.respond(list.headers, { waitForTrailers: true }));
  }

  /** The largest header list that the client takes. */
  #clientHeaderListBytes(): number {
    return this.#client.session?.remoteSettings.maxHeaderListSize ?? Number.POSITIVE_INFINITY;
  }

  /** node:http2 throws for headers that it does not allow and for a stream that has just ended: only the stream may end. */
  #tryOnClient(send: () => void): void {
    try {
      send();
    } catch {
      this.#client.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  /** `status` is null where the client left. */
  #over(status: Status | null): void {
    this.#wait?.end();
    this.#wait = null;
    this.#body = null;
    this.#node?.leave();
    this.#before?.leave();
    this.#client.resume(); // the rest of the body is dropped
    this.#counted.over(status);
  }

  /** It reset the stream or left; its `close` event may come later. */
  #isClientGone(): boolean {
    return this.#client.destroyed || this.#client.closed;
  }

  /** Who served, over which medium and at which attempt. */
  #servedByLast(): Record<string, string> {
    const { attempt } = this.#counted;
    return attempt === null ? {} : this.#servedBy(attempt);
  }

  #servedBy({ endpoint, number }: Attempt): Record<string, string> {
    return servedBy(this.#proxy.router.endpoints, endpoint, number);
  }
}

const ignore = (): void => {};
