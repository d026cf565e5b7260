import {
  type ClientHttp2Stream,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Clock } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { parseGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { Router } from '../router.ts';
import type { Address, DataPath, DataPathCounters } from './data-path.ts';
import { ProxiedRequest, type ProxyCore } from './proxied-request.ts';
import { isGrpc, oneOf, requestInfoOf } from './request-headers.ts';
import { type Keepalive, Upstream } from './upstream.ts';
import { CONNECTION_WINDOW_BYTES, SESSION_MEMORY_MB, SETTINGS } from './windows.ts';

export interface Http2ProxyOptions {
  readonly router: Router;
  readonly clock: Clock;
  /** Where each endpoint is reached, in the order of the router's table. */
  readonly addresses: readonly Address[];
  /** How much of a request's body is kept for another attempt, in bytes; a longer one is tried once. */
  readonly replayBytes?: number;
  readonly keepalive?: Keepalive;
}

/**
 * A data path over node:http2: one lasting connection to each endpoint, any number from clients (HTTP/2 with prior
 * knowledge), and gRPC messages passed on without a look inside.
 */
export class Http2Proxy implements DataPath, ProxyCore {
  readonly router: Router;
  readonly clock: Clock;
  readonly replayBytes: number;
  readonly #upstreams: readonly Upstream[];
  readonly #servers: Http2Server[] = [];
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #tally = { requests: 0, answered: 0, failed: 0, cancelled: 0, rejected: 0, retried: 0, answerBytes: 0 };

  constructor({ router, clock, addresses, replayBytes = 256 * 1024, keepalive }: Http2ProxyOptions) {
    this.router = router;
    this.clock = clock;
    this.replayBytes = replayBytes;
    this.#upstreams = addresses.map((address, endpoint) => {
      router.setAvailable(endpoint, false);
      return new Upstream(address, clock, (isConnected) => router.setAvailable(endpoint, isConnected), keepalive);
    });
  }

  async listen(address: Address): Promise<number> {
    const server = createServer({ settings: SETTINGS, maxSessionMemory: SESSION_MEMORY_MB });
    server.on('session', (session) => this.#onSession(session));
    server.on('stream', (stream, headers, flags) => this.#onStream(stream as ServerHttp2Stream, headers, flags));
    const port = await bind(server, address);
    this.#servers.push(server);
    if (this.#servers.length === 1) await Promise.all(this.#upstreams.map((upstream) => upstream.connect()));
    return port;
  }

  counters(): DataPathCounters {
    const { requests, answered, failed, cancelled, rejected } = this.#tally;
    return { ...this.#tally, active: requests - answered - failed - cancelled - rejected };
  }

  async close(): Promise<void> {
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const session of this.#sessions) session.destroy();
    await Promise.all([...closed, ...this.#upstreams.map((upstream) => upstream.close())]);
  }

  open(endpoint: number, headers: IncomingHttpHeaders, endStream: boolean): ClientHttp2Stream | null {
    return this.#upstreams[endpoint]!.request(headers, endStream);
  }

  passed(_endpoint: number, answerBytes: number): void {
    this.#tally.answerBytes += answerBytes;
  }

  retried(): void {
    this.#tally.retried++;
  }

  over(code: number | null): void {
    this.#tally[countedAs(code)]++;
  }

  #onSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('error', () => {}); // its streams close, and that is what counts
    session.once('close', () => this.#sessions.delete(session));
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number): void {
    if (!isGrpc(headers)) {
      stream.on('error', () => {});
      stream.respond({ ':status': 415 }, { endStream: true });
      stream.resume();
      return;
    }
    // Requests without a number of their own count down from -1, clear of every schedule.
    const info = requestInfoOf(headers, -++this.#tally.requests);
    const timeoutMs = parseGrpcTimeout(oneOf(headers['grpc-timeout']));
    const isBodyWhole = (flags & END_STREAM) !== 0;
    new ProxiedRequest(this, stream, { info, headers, timeoutMs, isBodyWhole }).start();
  }
}

const END_STREAM = 0x1;

/** `null` is the code of a request whose client left. */
const countedAs = (code: number | null): 'answered' | 'cancelled' | 'rejected' | 'failed' => {
  if (code === grpcStatus.ok) return 'answered';
  if (code === null || code === grpcStatus.cancelled || code === grpcStatus.deadlineExceeded) return 'cancelled';
  return code === grpcStatus.resourceExhausted ? 'rejected' : 'failed';
};

/** Resolves to the port; rejects with one clear line. */
const bind = (server: Http2Server, { host, port }: Address): Promise<number> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      reject(new Error(`router cannot listen on ${host}:${port}: ${reason}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
