// Hot path: messages pass as the chunks they came in, never decoded, copied or joined.
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../../core/time/clock.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { endingByNode, endingWithoutStatus } from '../attempt/ending.ts';
import { grpcStatus, statusOfReset } from '../attempt/grpc-status.ts';
import { formatGrpcTimeout } from '../attempt/grpc-timeout.ts';
import { RoutedRequest } from '../attempt/routed-request.ts';
import type { Status, Wire } from '../attempt/wire.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Router } from '../router.ts';
import { answerWithStatus, pushbackOf, reportOf, statusOf } from './answer-headers.ts';
import { Deadline } from './deadline.ts';

/** What the requests of one proxy share. */
export interface ProxyCore {
  readonly router: Router;
  readonly clock: Clock;
  /** How much of a body is kept for another attempt. */
  readonly replayBytes: number;
  /** Opens a stream to an endpoint; null while there is no connection. */
  open(endpoint: number, headers: IncomingHttpHeaders, endStream: boolean): ClientHttp2Stream | null;
  passed(endpoint: number, answerBytes: number): void;
  retried(): void;
  /** A request ended with that status; null where the client left. */
  over(code: number | null): void;
}

/**
 * The bytes of one request, from its headers to its end; `RoutedRequest` decides where they go.
 *
 * The headers of an answer wait for its first message: until then nothing has left, and another attempt may be made.
 * The body is kept for that up to `replayBytes`; a longer one is tried once.
 */
export class ProxiedRequest implements Wire {
  readonly #proxy: ProxyCore;
  readonly #client: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #routed: RoutedRequest;
  readonly #deadline: Deadline | null;
  #node: ClientHttp2Stream | null = null;
  #answerHeaders: IncomingHttpHeaders | null = null;
  #trailers: IncomingHttpHeaders | null = null;
  #hasAnswered = false;
  #isBodyWhole: boolean;
  /** What has come of the body, for another attempt; null once there can be none. */
  #body: Buffer[] | null = [];
  #bodyBytes = 0;

  constructor(
    proxy: ProxyCore,
    client: ServerHttp2Stream,
    request: {
      readonly info: RequestInfo;
      readonly headers: IncomingHttpHeaders;
      /** Null for none. */
      readonly timeoutMs: number | null;
      readonly isBodyWhole: boolean;
    },
  ) {
    this.#proxy = proxy;
    this.#client = client;
    this.#headers = request.headers;
    this.#routed = new RoutedRequest(proxy.router, request.info, this);
    this.#isBodyWhole = request.isBodyWhole;
    this.#deadline =
      request.timeoutMs === null ? null : new Deadline(request.timeoutMs, () => this.#routed.onDeadline(this.#nowMs()));
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
    this.#routed.start(this.#nowMs());
  }

  open(attempt: Attempt): boolean {
    const headers = this.#headers;
    if (this.#deadline !== null) headers['grpc-timeout'] = formatGrpcTimeout(this.#deadline.leftMs());
    if (attempt.number > 1) {
      headers['grpc-previous-rpc-attempts'] = `${attempt.number - 1}`;
      this.#proxy.retried();
    }
    const body = this.#body ?? [];
    const node = this.#proxy.open(attempt.endpoint, headers, this.#isBodyWhole && body.length === 0);
    this.#node = node;
    this.#answerHeaders = null;
    this.#trailers = null;
    if (node === null) return false;
    this.#listen(node, attempt);
    for (const chunk of body) node.write(chunk);
    if (this.#isBodyWhole && body.length > 0) node.end();
    this.#client.resume(); // the stream of an earlier attempt may have been what paused it
    return true;
  }

  cancel(): void {
    this.#node?.close(constants.NGHTTP2_CANCEL);
  }

  /** Sends the headers that waited. */
  commit(): void {
    this.#hasAnswered = true;
    this.#body = null;
    this.#client.on('drain', () => this.#node?.resume());
    this.#respond(this.#answerHeaders ?? {});
  }

  finish(status: Status): void {
    this.#over(status.code);
    if (this.#isClientGone()) return;
    if (status.by === 'router') this.#trailers = answerWithStatus(status);
    const trailers = this.#trailers ?? {};
    if (this.#hasAnswered) {
      this.#client.end();
    } else if (status.by === 'router') {
      this.#client.respond(this.#named({ ':status': '200', 'content-type': 'application/grpc', ...trailers }), {
        endStream: true,
      });
    } else if (trailers === this.#answerHeaders) {
      this.#client.respond(this.#named(trailers), { endStream: true });
    } else {
      this.#respond(this.#answerHeaders ?? {});
      this.#client.end();
    }
  }

  /** A stream of an earlier attempt may still speak: each handler asks whether it is the one that counts. */
  #listen(node: ClientHttp2Stream, attempt: Attempt): void {
    const ifCurrent =
      <Arguments extends unknown[]>(handle: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        if (node === this.#node) handle(...given);
      };
    node.on('error', ignore);
    node.on('drain', () => this.#client.resume());
    node.on(
      'response',
      ifCurrent((answer: IncomingHttpHeaders, flags: number) => {
        this.#answerHeaders = answer;
        if ((flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0) this.#onAnswerEnd(attempt, answer);
      }),
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
      ifCurrent(() => this.#onNodeClosed(attempt, node)),
    );
  }

  #onBody(chunk: Buffer): void {
    this.#bodyBytes += chunk.length;
    if (this.#bodyBytes > this.#proxy.replayBytes) this.#body = null;
    this.#body?.push(chunk);
    if (this.#node?.write(chunk) === false) this.#client.pause();
  }

  #onBodyEnd(): void {
    this.#isBodyWhole = true;
    this.#node?.end();
  }

  #onMessages(attempt: Attempt, chunk: Buffer): void {
    if (this.#routed.isOver || this.#isClientGone()) return;
    this.#routed.onMessage(attempt, this.#nowMs());
    this.#proxy.passed(attempt.endpoint, chunk.length);
    if (!this.#client.write(chunk)) this.#node?.pause();
  }

  /** `end` carries the status: the trailers, or the headers of an answer that is nothing else. */
  #onAnswerEnd(attempt: Attempt, end: IncomingHttpHeaders): void {
    this.#trailers = end;
    const ending = endingByNode(statusOf(end), { report: reportOf(end), pushbackMs: pushbackOf(end) });
    this.#routed.onEnd(attempt, ending, this.#nowMs());
  }

  #onNodeClosed(attempt: Attempt, { session, rstCode = 0 }: ClientHttp2Stream): void {
    if (attempt.hasEnded) return;
    const ending =
      session === undefined || session.destroyed || session.closed
        ? endingWithoutStatus('path', grpcStatus.unavailable, 'the connection to the node was lost')
        : rstCode === 0
          ? endingWithoutStatus('node', grpcStatus.unknown, 'the node ended its answer without a status')
          : endingWithoutStatus(
              'node',
              statusOfReset(rstCode),
              `the node reset the stream with HTTP/2 code ${rstCode}`,
            );
    this.#routed.onEnd(attempt, ending, this.#nowMs());
  }

  #onClientGone(): void {
    if (this.#routed.isOver) return;
    this.#routed.onClientGone(this.#nowMs());
    this.#over(null);
  }

  #respond(headers: IncomingHttpHeaders): void {
    const client = this.#client;
    client.on('wantTrailers', () => client.sendTrailers(this.#trailers ?? {}));
    client.respond(this.#named(headers), { waitForTrailers: true });
  }

  #over(code: number | null): void {
    this.#body = null;
    this.#deadline?.clear();
    this.#client.resume(); // what still comes of the body has nowhere to go
    this.#proxy.over(code);
  }

  /** It reset the stream or left; its `close` event may still be to come. */
  #isClientGone(): boolean {
    return this.#client.destroyed || this.#client.closed;
  }

  #nowMs(): number {
    return this.#proxy.clock.now();
  }

  /** Adds who served, over which medium and at which attempt. */
  #named(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const { attempt } = this.#routed;
    if (attempt === null) return headers;
    const { names, media } = this.#proxy.router.endpoints;
    headers['x-starlane-endpoint'] = names[attempt.endpoint]!;
    headers['x-starlane-medium'] = media[attempt.endpoint]!;
    headers['x-starlane-attempts'] = `${attempt.number}`;
    return headers;
  }
}

const ignore = (): void => {};
