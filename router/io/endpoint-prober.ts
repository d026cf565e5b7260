import type { IncomingHttpHeaders } from 'node:http2';
import { constants } from 'node:http2';
import type { Clock } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { PROBE_LOOK_EVERY_MS, PROBE_TIMEOUT_MS } from '../probe-timing.ts';
import type { Router } from '../router.ts';
import { reportOf, statusOf } from './answer-headers.ts';
import { Deadline } from './deadline.ts';
import { requestHeaders } from './header-rules.ts';
import { headerViewOf } from './header-view.ts';
import type { Upstream } from './upstream.ts';

/**
 * Sends the probes that the policy wants: a health check over the path of each endpoint, whose trailers carry the node's load.
 * It asks the policy after each request and every 100 ms; an endpoint with a probe in flight is not probed again.
 */
export class EndpointProber {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #upstream: (endpoint: number) => Upstream;
  readonly #asked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: {
    readonly router: Router;
    readonly clock: Clock;
    readonly upstream: (endpoint: number) => Upstream;
  }) {
    this.#router = options.router;
    this.#clock = options.clock;
    this.#upstream = options.upstream;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.look(), PROBE_LOOK_EVERY_MS).unref();
  }

  look(): void {
    for (const endpoint of this.#router.probes(this.#clock.now())) {
      if (!this.#isClosed && !this.#asked.has(endpoint)) this.#ask(endpoint);
    }
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #ask(endpoint: number): void {
    const beganAtMs = performance.now();
    const stream = openStream(this.#upstream(endpoint));
    if (stream === null) return;
    this.#asked.add(endpoint);
    const timeout = new Deadline(PROBE_TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL));
    stream.on('error', () => {}); // `close` follows every error
    stream.once('trailers', (trailers: IncomingHttpHeaders) => {
      const view = headerViewOf(trailers);
      if (statusOf(view) !== grpcStatus.ok || this.#isClosed) return;
      this.#router.probed(endpoint, performance.now() - beganAtMs, reportOf(view), this.#clock.now());
    });
    stream.once('close', () => {
      timeout.clear();
      this.#asked.delete(endpoint);
    });
    stream.resume();
    stream.end(EMPTY_MESSAGE);
  }
}

const openStream = (upstream: Upstream) => {
  try {
    return upstream.request(HEADERS, false);
  } catch {
    return null;
  }
};

const { headers: HEADERS } = requestHeaders(
  { ':path': '/grpc.health.v1.Health/Check' },
  { 'content-type': 'application/grpc' },
);

/** A message of no bytes, with its prefix: a check of the whole server. */
const EMPTY_MESSAGE = Buffer.alloc(5);
