// Hot path: messages pass as the chunks they came in, never decoded, copied or joined.
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Outcome } from '../../core/event/event.ts';
import type { Cancel, Clock, Ms } from '../../core/time/clock.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { grpcStatus, statusOfReset } from '../attempt/grpc-status.ts';
import { formatGrpcTimeout, parseGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { RequestInfo } from '../pick/policy.ts';
import type { Router } from '../router.ts';
import { answerWithStatus, pushbackOf, reportOf, statusOf } from './answer-headers.ts';
import { oneOf, requestInfoOf } from './request-headers.ts';

/** What the requests of one proxy share. */
export interface ProxyCore {
  readonly router: Router;
  readonly clock: Clock;
  /** How much of a body is kept for another attempt. */
  readonly replayBytes: number;
  /** Opens a stream to an endpoint; null while there is no connection. */
  open(endpoint: number, headers: IncomingHttpHeaders, endStream: boolean): ClientHttp2Stream | null;
  passed(answerBytes: number): void;
  retried(): void;
  over(outcome: Outcome): void;
}

/**
 * One request from its headers to its end, over one or more attempts.
 *
 * The headers of an answer wait for its first message: until then nothing has left, and another attempt may be made.
 * The body is kept for that up to `replayBytes`; a longer one is tried once.
 */
export class ProxiedRequest {
  readonly #proxy: ProxyCore;
  readonly #client: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #info: RequestInfo;
  readonly #deadlineMs: Ms;
  #cancelDeadline: Cancel | null = null;
  #attempt: Attempt | null = null;
  #node: ClientHttp2Stream | null = null;
  #answerHeaders: IncomingHttpHeaders | null = null;
  #trailers: IncomingHttpHeaders | null = null;
  #hasAnswered = false;
  #isOver = false;
  #isBodyWhole: boolean;
  /** What has come of the body, for another attempt; null once there can be none. */
  #body: Buffer[] | null = [];
  #bodyBytes = 0;

  constructor(
    proxy: ProxyCore,
    client: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: { readonly nowMs: Ms; readonly fallbackId: number; readonly isBodyWhole: boolean },
  ) {
    this.#proxy = proxy;
    this.#client = client;
    this.#headers = headers;
    this.#info = requestInfoOf(headers, options.fallbackId);
    this.#isBodyWhole = options.isBodyWhole;
    const timeoutMs = parseGrpcTimeout(oneOf(headers['grpc-timeout']));
    this.#deadlineMs = timeoutMs === null ? Number.POSITIVE_INFINITY : options.nowMs + timeoutMs;
  }

  start(nowMs: Ms): void {
    const client = this.#client;
    client.on('error', ignore);
    client.on('close', () => this.#onClientGone());
    if (this.#deadlineMs !== Number.POSITIVE_INFINITY) {
      this.#cancelDeadline = this.#proxy.clock.at(this.#deadlineMs, () => this.#onDeadline());
    }
    if (!this.#isBodyWhole) {
      client.on('data', (chunk: Buffer) => this.#onBody(chunk));
      client.on('end', () => this.#onBodyEnd());
    }
    const attempt = this.#proxy.router.begin(this.#info, nowMs);
    if (attempt.kind === 'attempt') this.#send(attempt, nowMs);
    else if (attempt.reason === 'overloaded') this.#finish(grpcStatus.resourceExhausted, NO_ROOM, 'refused');
    else this.#finish(grpcStatus.unavailable, NO_ENDPOINT, 'refused');
  }

  #send(attempt: Attempt, nowMs: Ms): void {
    this.#attempt = attempt;
    const headers = this.#headers;
    if (this.#deadlineMs !== Number.POSITIVE_INFINITY) {
      headers['grpc-timeout'] = formatGrpcTimeout(this.#deadlineMs - nowMs);
    }
    if (attempt.number > 1) headers['grpc-previous-rpc-attempts'] = `${attempt.number - 1}`;
    const body = this.#body ?? [];
    const node = this.#proxy.open(attempt.endpoint, headers, this.#isBodyWhole && body.length === 0);
    if (node === null) {
      this.#onNodeLost(attempt, grpcStatus.unavailable, 'there is no connection to the node');
      return;
    }
    this.#node = node;
    // A stream of an earlier attempt may still speak: each handler asks whether it is the one that counts.
    node.on('response', (answer, flags) => {
      if (node === this.#node) this.#onAnswerHeaders(answer, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
    });
    node.on('data', (chunk: Buffer) => {
      if (node === this.#node) this.#onMessages(chunk);
    });
    node.on('trailers', (trailers) => {
      if (node === this.#node) this.#trailers = trailers;
    });
    node.on('end', () => {
      if (node === this.#node && this.#trailers !== null) this.#onAnswerEnd(this.#trailers);
    });
    node.on('drain', () => this.#client.resume());
    node.on('error', ignore);
    node.on('close', () => {
      if (node === this.#node && !this.#isOver) this.#onNodeClosed(node, attempt);
    });
    for (const chunk of body) node.write(chunk);
    if (this.#isBodyWhole && body.length > 0) node.end();
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

  #onAnswerHeaders(headers: IncomingHttpHeaders, isWhole: boolean): void {
    this.#answerHeaders = headers;
    if (isWhole) this.#onAnswerEnd(headers);
  }

  #onMessages(chunk: Buffer): void {
    if (this.#isOver || this.#isClientGone()) return;
    if (!this.#hasAnswered) this.#answer();
    this.#proxy.passed(chunk.length);
    if (!this.#client.write(chunk)) this.#node?.pause();
  }

  /** Sends the headers that waited. */
  #answer(): void {
    const attempt = this.#attempt!;
    this.#proxy.router.firstMessage(attempt, this.#proxy.clock.now());
    this.#hasAnswered = true;
    this.#body = null;
    this.#client.on('drain', () => this.#node?.resume());
    this.#respond(this.#answerHeaders ?? {});
  }

  #respond(headers: IncomingHttpHeaders): void {
    const client = this.#client;
    client.on('wantTrailers', () => client.sendTrailers(this.#trailers ?? {}));
    client.respond(this.#named(headers), { waitForTrailers: true });
  }

  /** `end` carries the status: the trailers, or the headers of an answer that is nothing else. */
  #onAnswerEnd(end: IncomingHttpHeaders): void {
    const attempt = this.#attempt!;
    const status = statusOf(end);
    const outcome = outcomeOf(status);
    this.#proxy.router.end(attempt, outcome, this.#proxy.clock.now(), reportOf(end), pushbackOf(end));
    if (this.#isClientGone() || this.#retries(attempt, status)) return;
    if (end === this.#answerHeaders) {
      this.#client.respond(this.#named(end), { endStream: true });
    } else {
      if (!this.#hasAnswered) this.#respond(this.#answerHeaders ?? {});
      this.#client.end();
    }
    this.#over(outcome);
  }

  #onNodeClosed({ session, rstCode = 0 }: ClientHttp2Stream, attempt: Attempt): void {
    if (session === undefined || session.destroyed || session.closed) {
      this.#onNodeLost(attempt, grpcStatus.unavailable, 'the connection to the node was lost');
    } else if (rstCode === 0) {
      this.#onNodeLost(attempt, grpcStatus.unknown, 'the node ended its answer without a status');
    } else {
      this.#onNodeLost(attempt, statusOfReset(rstCode), `the node reset the stream with HTTP/2 code ${rstCode}`);
    }
  }

  /** The attempt ended without a status of its own. */
  #onNodeLost(attempt: Attempt, status: number, message: string): void {
    this.#proxy.router.end(attempt, 'failed', this.#proxy.clock.now());
    if (this.#retries(attempt, status)) return;
    this.#finish(status, message, 'failed');
  }

  #retries(attempt: Attempt, status: number): boolean {
    const { router, clock } = this.#proxy;
    if (this.#body === null || this.#isClientGone() || !router.mayRetry(attempt, status)) return false;
    const nowMs = clock.now();
    const next = router.begin(this.#info, nowMs, attempt);
    if (next.kind === 'reject') return false;
    this.#proxy.retried();
    this.#node = null;
    this.#answerHeaders = null;
    this.#trailers = null;
    this.#send(next, nowMs);
    this.#client.resume(); // the stream that was left may have been what paused it
    return true;
  }

  #onDeadline(): void {
    if (this.#isOver) return;
    this.#leaveNode();
    this.#finish(grpcStatus.deadlineExceeded, 'the deadline ran out at the router', 'cancelled');
  }

  #onClientGone(): void {
    if (this.#isOver) return;
    this.#leaveNode();
    this.#over('cancelled');
  }

  #leaveNode(): void {
    if (this.#attempt !== null) this.#proxy.router.end(this.#attempt, 'cancelled', this.#proxy.clock.now());
    this.#node?.close(constants.NGHTTP2_CANCEL);
  }

  /** Ends the answer with a status of the router's own. */
  #finish(status: number, message: string, outcome: Outcome): void {
    this.#over(outcome);
    if (this.#isClientGone()) return;
    const trailers = answerWithStatus(status, message);
    if (!this.#hasAnswered) {
      this.#client.respond(this.#named({ ':status': '200', 'content-type': 'application/grpc', ...trailers }), {
        endStream: true,
      });
      return;
    }
    this.#trailers = trailers;
    this.#client.end();
  }

  #over(outcome: Outcome): void {
    this.#isOver = true;
    this.#body = null;
    this.#cancelDeadline?.();
    this.#client.resume(); // what still comes of the body has nowhere to go
    this.#proxy.over(outcome);
  }

  /** It reset the stream or left; its `close` event may still be to come. */
  #isClientGone(): boolean {
    return this.#client.destroyed || this.#client.closed;
  }

  /** Adds who served, over which medium and at which attempt. */
  #named(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const attempt = this.#attempt;
    if (attempt === null) return headers;
    const { names, media } = this.#proxy.router.endpoints;
    headers['x-starlane-endpoint'] = names[attempt.endpoint]!;
    headers['x-starlane-medium'] = media[attempt.endpoint]!;
    headers['x-starlane-attempts'] = `${attempt.number}`;
    return headers;
  }
}

const NO_ENDPOINT = 'no endpoint is available';
const NO_ROOM = 'the chosen endpoint has as many requests as it may';

const ignore = (): void => {};

const outcomeOf = (status: number): Outcome => {
  if (status === grpcStatus.ok) return 'answered';
  if (status === grpcStatus.cancelled || status === grpcStatus.deadlineExceeded) return 'cancelled';
  return status === grpcStatus.resourceExhausted ? 'refused' : 'failed';
};
