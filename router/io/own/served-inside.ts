import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { statusHeaders } from '../header-rules.ts';
import { answerHeaders, answerTrailers, requestHeaders } from '../http2-headers.ts';
import { SHUTTING_DOWN } from './health-service.ts';
import type { OwnCall, OwnCaller, OwnService } from './own-call.ts';

/** Services on a server of @grpc/grpc-js inside the process, to which calls are passed: reflection. */
export class ServedInside implements OwnService {
  readonly #server = new Server();
  readonly #prefix: string;
  readonly #session: ClientHttp2Session;

  /** It answers for services whose full names begin with `prefix`, which `add` adds to the server. */
  constructor(prefix: string, add: (server: Server) => void) {
    this.#prefix = prefix;
    add(this.#server);
    const [near, far] = duplexPair();
    this.#server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(far);
    this.#session = connect('http://router', {
      createConnection: () => near,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER, // a larger block would make node:http2 end the whole connection
    });
    this.#session.on('error', ignore);
  }

  has(service: string): boolean {
    return service.startsWith(this.#prefix);
  }

  open(headers: IncomingHttpHeaders, caller: OwnCaller): OwnCall {
    try {
      return new PassedCall(this.#session.request(requestHeaders(headers, {}).headers), caller);
    } catch {
      return new RefusedCall(caller);
    }
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#session.destroyed || !this.#session.ping(() => resolve())) resolve();
    });
  }

  close(): void {
    this.#session.destroy();
    this.#server.forceShutdown();
  }
}

/** A call that is passed to the server. */
class PassedCall implements OwnCall {
  readonly #server: ClientHttp2Stream;
  readonly #caller: OwnCaller;
  #trailers: IncomingHttpHeaders = {};
  #hasHead = false;
  #isOver = false;

  constructor(server: ClientHttp2Stream, caller: OwnCaller) {
    this.#server = server;
    this.#caller = caller;
    server.on('error', ignore);
    server.once('response', (answer: IncomingHttpHeaders, flags: number) => {
      if (this.#isOver) return;
      this.#isOver = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      this.#hasHead = true;
      caller.onAnswer(answerHeaders(answer, {}).headers, this.#isOver);
      // Not before the head: node:http2 may tell of data first.
      if (!this.#isOver) server.on('data', (bytes: Buffer) => this.#isOver || caller.onAnswerData(bytes));
    });
    server.once('trailers', (trailers: IncomingHttpHeaders) => {
      this.#trailers = trailers;
    });
    server.once('close', () => this.#onClosed());
  }

  send(bytes: Buffer, onTaken: () => void): void {
    if (this.#server.destroyed) onTaken();
    else this.#server.write(bytes, onTaken);
  }

  endBody(): void {
    this.#server.end();
  }

  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  cancel(): void {
    this.#isOver = true;
    this.#server.close(constants.NGHTTP2_CANCEL);
  }

  #onClosed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const hasTrailers = Object.keys(this.#trailers).length > 0;
    if (!this.#hasHead) refuse(this.#caller);
    else
      this.#caller.onAnswerEnd(hasTrailers ? answerTrailers(this.#trailers, {}).headers : statusHeaders(SHUTTING_DOWN));
  }
}

/** A call that came while the server shuts down. */
class RefusedCall implements OwnCall {
  constructor(caller: OwnCaller) {
    queueMicrotask(() => refuse(caller));
  }

  send(_bytes: Buffer, onTaken: () => void): void {
    onTaken();
  }

  endBody(): void {}
  pause(): void {}
  resume(): void {}
  cancel(): void {}
}

const refuse = (caller: OwnCaller): void =>
  caller.onAnswer({ ':status': '200', 'content-type': 'application/grpc', ...statusHeaders(SHUTTING_DOWN) }, true);

const ignore = (): void => {};
