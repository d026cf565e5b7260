import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { answerHeaders, answerTrailers, requestHeaders, statusHeaders } from './header-rules.ts';

/** Adds a service to the server that answers for the router. */
type AddService = (server: Server) => void;

/**
 * The services that the router answers itself: gRPC health v1, of the router and of each service that it routes, and
 * reflection where it has its own. They run on a server of @grpc/grpc-js inside the process, to which the data path passes their streams.
 */
export class OwnServices {
  readonly #server = new Server();
  readonly #health: HealthImplementation;
  #reported: readonly string[];
  #isServing = false;
  readonly #session: ClientHttp2Session;
  readonly #hasReflection: boolean;

  /** `routed` are the services whose health it tells besides that of the whole; `reflection` adds its own, null leaves that to the nodes. */
  constructor(routed: readonly string[], reflection: AddService | null) {
    this.#hasReflection = reflection !== null;
    this.#reported = ['', ...routed];
    this.#health = new HealthImplementation(Object.fromEntries(this.#reported.map((name) => [name, 'NOT_SERVING'])));
    this.#health.addToServer(this.#server);
    reflection?.(this.#server);
    const [near, far] = duplexPair();
    this.#server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(far);
    this.#session = connect('http://router', {
      createConnection: () => near,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER, // a larger block would make node:http2 end the whole connection
    });
    this.#session.on('error', ignore);
  }

  /** Whether the router answers for a service: `grpc.health.v1.Health`, and any of reflection where it has its own. */
  has(service: string): boolean {
    return service === 'grpc.health.v1.Health' || (this.#hasReflection && service.startsWith('grpc.reflection.'));
  }

  /** Tells the health of these services from now on, besides that of the whole. */
  report(routed: readonly string[]): void {
    for (const name of this.#reported) if (name !== '') this.#health.setStatus(name, 'NOT_SERVING');
    this.#reported = ['', ...routed];
    this.setServing(this.#isServing);
  }

  /** Sets the health status from now on. */
  setServing(isServing: boolean): void {
    this.#isServing = isServing;
    for (const name of this.#reported) this.#health.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
  }

  /** Resolves when earlier messages have left the server, such as a change of health to those who watch it. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#session.destroyed || !this.#session.ping(() => resolve())) resolve();
    });
  }

  /** Answers a request of a client. */
  serve(client: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    client.on('error', ignore);
    const server = this.open(headers);
    if (server === null) {
      refuse(client, 'the router is shutting down');
      return;
    }
    server.on('error', ignore);
    client.on('close', () => server.close(constants.NGHTTP2_CANCEL));
    client.pipe(server);
    let trailers: IncomingHttpHeaders = {};
    server.once('response', (answer: IncomingHttpHeaders, flags: number) => {
      if (client.destroyed || client.closed) return;
      const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      client.on('wantTrailers', () => client.sendTrailers(answerTrailers(trailers, {}).headers));
      client.respond(answerHeaders(answer, {}).headers, isWhole ? { endStream: true } : { waitForTrailers: true });
      if (!isWhole) server.pipe(client);
    });
    server.once('trailers', (said: IncomingHttpHeaders) => {
      trailers = said;
    });
    server.once('close', () => {
      if (client.destroyed || client.closed || client.writableEnded) return;
      trailers = statusHeaders({ code: grpcStatus.unavailable, message: 'the router is shutting down' });
      if (client.headersSent) client.end();
      else refuse(client, 'the router is shutting down');
    });
  }

  /** Opens a stream to the server that answers; null where it is shutting down. */
  open(headers: IncomingHttpHeaders): ClientHttp2Stream | null {
    try {
      return this.#session.request(requestHeaders(headers, {}).headers);
    } catch {
      return null;
    }
  }

  /** Ends every open stream, such as a health watch, which would never end by itself. */
  close(): void {
    this.#session.destroy();
    this.#server.forceShutdown();
  }
}

const refuse = (client: ServerHttp2Stream, message: string): void => {
  const status = statusHeaders({ code: grpcStatus.unavailable, message });
  client.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true });
};

const ignore = (): void => {};
