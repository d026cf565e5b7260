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
  #node: ClientHttp2Stream | null = null;
  /** The attempt of that stream. */
  #nodeAttempt: Attempt | null = null;
  #answer: IncomingHttpHeaders | null = null;
  #trailers: IncomingHttpHeaders | null = null;
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
    this.#leaveNode();
    this.#node = null;
    this.#answer = null;
    this.#trailers = null;
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
      counts.ended(attempt.endpoint, 'failed');
      return false;
    }
    this.#node = node;
    this.#nodeAttempt = attempt;
    this.#listen(node, attempt);
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
    this.#resetNode(attempt);
  }

  /** Sends the headers that waited. */
  commit(): void {
    this.#hasAnswered = true;
    this.#body = null;
    this.#client.on('drain', () => this.#node?.resume());
    this.#respond(this.#answer ?? {});
  }

  wakeAt(atMs: Ms): void {
    this.#counted.wakeAt(atMs);
  }

  finish(status: Status): void {
    this.#over(status);
    if (this.#isClientGone()) return;
    const isByNode = status.by === 'node' && this.#trailers !== null;
    if (this.#hasAnswered || (isByNode && this.#trailers !== this.#answer)) {
      this.#closing = closingTrailers(status, this.#trailers, this.#clientHeaderListBytes());
      if (!this.#hasAnswered) this.#respond(this.#answer ?? {});
      this.#client.end();
      return;
    }
    const said = isByNode ? this.#answer : null;
    const headers = wholeAnswer(status, said, this.#servedBy(), this.#clientHeaderListBytes());
    this.#tryOnClient(() => this.#client.respond(headers, { endStream: true }));
  }

  #ownHeaders(attempt: Attempt): Record<string, string> {
    const own: Record<string, string> = {};
    const { leftMs } = this.#counted;
    if (leftMs !== null) own['grpc-timeout'] = formatGrpcTimeout(leftMs);
    if (attempt.number > 1) own['grpc-previous-rpc-attempts'] = `${attempt.number - 1}`;
    return own;
  }

  /** A stream of an earlier attempt may still emit events: each handler checks that its stream is the current one. */
  #listen(node: ClientHttp2Stream, attempt: Attempt): void {
    const { session } = node; // the stream forgets it when it closes
    const ifCurrent =
      <Arguments extends unknown[]>(handle: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        if (node === this.#node) handle(...given);
      };
    node.on('error', ignore);
    node.on('drain', () => this.#client.resume());
    node.on(
      'response',
      ifCurrent((answer: IncomingHttpHeaders, flags: number) =>
        this.#onAnswer(attempt, answer, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0),
      ),
    );
    node.on(
      'data',
      ifCurrent((chunk: Buffer) => this.#onMessages(attempt, chunk)),
    );
    node.on(
      'trailers',
      ifCurrent((trailers: IncomingHttpHeaders) => {
        this.#trailers = trailers;
      }),
    );
    node.on(
      'end',
      ifCurrent(() => {
        if (this.#trailers !== null) this.#onAnswerEnd(attempt, this.#trailers);
      }),
    );
    node.on(
      'close',
      ifCurrent(() => this.#onNodeClosed(attempt, node, session)),
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
    const node = this.#node;
    if (node === null) return;
    this.#proxy.counts.sent(this.#counted.attempt!.endpoint, chunk.length);
    if (!node.write(chunk)) this.#client.pause();
  }

  #onBodyEnd(): void {
    this.#isBodyWhole = true;
    if (this.#wait !== null) this.#route(null);
    else this.#node?.end();
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

  #onAnswer(attempt: Attempt, answer: IncomingHttpHeaders, isWhole: boolean): void {
    const refusal = endingOfAnswer(headerViewOf(answer));
    this.#answer = answer;
    if (refusal !== null) this.#giveUp(attempt, refusal);
    else if (isWhole) this.#onAnswerEnd(attempt, answer);
    else if (answerHeaders(answer, this.#servedBy()).bytes > this.#clientHeaderListBytes()) {
      this.#giveUp(attempt, TOO_LARGE_FOR_CLIENT);
    }
  }

  #onMessages(attempt: Attempt, chunk: Buffer): void {
    if (this.#counted.isOver || this.#isClientGone()) return;
    this.#counted.onMessage(attempt, chunk.length);
    if (!this.#client.write(chunk)) this.#node?.pause();
  }

  /** `end` carries the status: the trailers, or the headers of an answer that is nothing else. */
  #onAnswerEnd(attempt: Attempt, end: IncomingHttpHeaders): void {
    this.#trailers = end;
    const view = headerViewOf(end);
    this.#ended(attempt, endingByNode(statusOf(view), { report: reportOf(view), pushbackMs: pushbackOf(view) }));
  }

  #onNodeClosed(attempt: Attempt, { rstCode }: ClientHttp2Stream, session: Http2Session | undefined): void {
    if (attempt.hasEnded) return;
    this.#ended(attempt, endingOfClosed(rstCode ?? 0, session?.destroyed ?? true));
  }

  /** Ends an attempt that the node has not ended. */
  #giveUp(attempt: Attempt, ending: Ending): void {
    this.#resetNode(attempt);
    this.#ended(attempt, ending);
  }

  #ended(attempt: Attempt, ending: Ending): void {
    this.#counted.onEnd(attempt, ending);
    if (!this.#counted.isWaiting) return;
    this.#leaveNode();
    this.#node = null; // what comes of the body is for the next attempt
    this.#client.resume();
  }

  #resetNode({ endpoint }: Attempt): void {
    const node = this.#node;
    if (node === null || node.closed || node.destroyed) return;
    this.#proxy.upstream(endpoint).countReset(node);
    node.close(constants.NGHTTP2_CANCEL);
  }

  /** A node may answer before it has the whole body: the rest is not sent to it, and the stream would stay open. */
  #leaveNode(): void {
    const node = this.#node;
    if (node !== null && !node.writableEnded && this.#nodeAttempt !== null) this.#resetNode(this.#nodeAttempt);
  }

  #onClientGone(): void {
    if (this.#counted.isOver) return;
    this.#counted.onClientGone();
    this.#over(null);
  }

  #respond(headers: IncomingHttpHeaders): void {
    const client = this.#client;
    client.on('wantTrailers', () => this.#tryOnClient(() => client.sendTrailers(this.#closing)));
    const list = answerHeaders(headers, this.#servedBy());
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
    this.#leaveNode();
    this.#client.resume(); // the rest of the body is dropped
    this.#counted.over(status);
  }

  /** It reset the stream or left; its `close` event may come later. */
  #isClientGone(): boolean {
    return this.#client.destroyed || this.#client.closed;
  }

  /** Who served, over which medium and at which attempt. */
  #servedBy(): Record<string, string> {
    const { attempt } = this.#counted;
    return attempt === null ? {} : servedBy(this.#proxy.router.endpoints, attempt.endpoint, attempt.number);
  }
}

const ignore = (): void => {};
