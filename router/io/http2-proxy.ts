import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock, Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { parseGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { Status } from '../attempt/wire.ts';
import type { CallMetrics } from '../metrics/call-metrics.ts';
import type { Router } from '../router.ts';
import type { ClientTls, Door, NodeAddress } from './address.ts';
import { CLIENT_LIMITS, ClientConnections, type ClientLimits } from './client-connections.ts';
import type {
  DataPath,
  DataPathCounters,
  DataPathOptions,
  EndpointCounters,
  Gate,
  SucceedingDataPath,
} from './data-path.ts';
import { Deadline } from './deadline.ts';
import { EndpointProber } from './endpoint-prober.ts';
import { statusHeaders } from './header-rules.ts';
import { headerViewOf } from './header-view.ts';
import type { OwnServices } from './own-services.ts';
import { PathChecker } from './path-checker.ts';
import { PathCounts } from './path-counts.ts';
import { ProxiedRequest, type ProxyCore } from './proxied-request.ts';
import { isGrpc, requestInfoOf, serviceIn } from './request-headers.ts';
import { Upstream } from './upstream.ts';

/**
 * A data path over node:http2: one lasting connection to each endpoint, any number from clients (HTTP/2 with prior
 * knowledge), and gRPC messages forwarded without decoding.
 */
export class Http2Proxy implements SucceedingDataPath, ProxyCore {
  readonly router: Router;
  readonly clock: Clock;
  readonly counts: PathCounts;
  readonly replayBytes: number;
  readonly calls: CallMetrics | null;
  readonly #services: ReadonlySet<string> | null;
  readonly #gate: Gate | null;
  readonly #deadlineMs: Ms;
  #own: OwnServices | null;
  readonly #upstreams: readonly Upstream[];
  readonly #limits: ClientLimits;
  readonly #tls: ClientTls | null;
  #clients: ClientConnections;
  /** Those that it has taken over from, while requests of theirs are open. */
  readonly #previous = new Set<Http2Proxy>();
  /** Resolves when the last of its requests has ended; null while none has taken over from it. */
  #over: Promise<void> | null = null;
  readonly #prober: EndpointProber;
  readonly #checker: PathChecker | null;
  readonly #open = new Set<ProxiedRequest>();
  #hasConnected = false;
  #draining: Promise<void> | null = null;
  /** Resolves the next time that no request is open. */
  #idling = Promise.withResolvers<void>();

  constructor(options: DataPathOptions) {
    const {
      router,
      clock,
      addresses,
      services,
      gate = null,
      deadlineMs = null,
      tls = null,
      own = null,
      calls = null,
      replayBytes = 256 * 1024,
      keepalive,
      limits = {},
    } = options;
    this.router = router;
    this.clock = clock;
    this.replayBytes = replayBytes;
    this.calls = calls;
    this.counts = new PathCounts(addresses.length);
    this.#services = services === null ? null : new Set(services);
    this.#gate = gate;
    this.#deadlineMs = deadlineMs ?? Number.POSITIVE_INFINITY;
    this.#own = own;
    this.#upstreams = addresses.map((address, endpoint) => {
      router.setAvailable(endpoint, false);
      return new Upstream(address, (isConnected) => this.#onAvailable(endpoint, isConnected), keepalive);
    });
    this.#limits = { ...CLIENT_LIMITS, ...limits };
    this.#tls = tls;
    this.#clients = new ClientConnections(this.#limits, (...stream) => this.#onStream(...stream));
    this.#prober = new EndpointProber({ router, clock, upstream: (endpoint) => this.upstream(endpoint) });
    const { health } = router;
    this.#checker = health === null ? null : new PathChecker({ health, clock, upstreams: this.#upstreams });
    health?.listen((nowMs) => this.#onHealthChange(nowMs));
  }

  async listen(address: Door): Promise<number> {
    const port = await this.#clients.listen(address, this.#tls);
    if (!this.#hasConnected) {
      this.#hasConnected = true;
      await this.#connect();
    }
    return port;
  }

  async takeOver(previous: DataPath): Promise<{ readonly isOver: Promise<void> }> {
    if (!(previous instanceof Http2Proxy)) throw new TypeError('a data path takes over from one of its own kind');
    const tries = this.#upstreams.map((upstream) => upstream.connect());
    this.#hasConnected = true;
    await Promise.race([Promise.all(tries), afterMs(FIRST_REACH_MS)]);
    await this.#clients.close();
    this.#clients = previous.#clients;
    this.#own = previous.#own;
    previous.#own = null;
    this.#clients.serve(this.#limits, (...stream) => this.#onStream(...stream));
    if (this.#tls !== null) this.#clients.renew(this.#tls);
    this.#own?.setServing(this.router.endpoints.available.includes(1));
    this.#startWatching();
    previous.#over = previous.#idle(Number.POSITIVE_INFINITY).then(() => previous.#closeUpstreams());
    for (const older of [previous, ...previous.#previous]) {
      this.#previous.add(older);
      void older.#over?.then(() => this.#previous.delete(older));
    }
    previous.#previous.clear();
    return { isOver: previous.#over };
  }

  reconcile(endpoints: readonly (NodeAddress | null)[]): void {
    if (endpoints.length !== this.#upstreams.length) {
      throw new RangeError(`${endpoints.length} addresses for ${this.#upstreams.length} endpoints`);
    }
    for (const [endpoint, address] of endpoints.entries()) this.#upstreams[endpoint]!.moveTo(address);
  }

  drain(limitMs: Ms): Promise<void> {
    this.#draining ??= this.#drain(limitMs);
    return this.#draining;
  }

  counters(): DataPathCounters {
    return this.counts.all();
  }

  endpointCounters(): readonly EndpointCounters[] {
    return this.counts.byEndpoint();
  }

  async close(): Promise<void> {
    this.#own?.close();
    const closing = [this, ...this.#previous].map((path) => path.#closeUpstreams());
    await Promise.all([this.#clients.close(), ...closing]);
  }

  upstream(endpoint: number): Upstream {
    return this.#upstreams[endpoint]!;
  }

  over(request: ProxiedRequest): void {
    this.#open.delete(request);
    if (this.#open.size > 0) return;
    this.#idling.resolve();
    this.#idling = Promise.withResolvers();
  }

  async #drain(limitMs: Ms): Promise<void> {
    this.#own?.setServing(false);
    this.#clients.goAway();
    await Promise.all([this, ...this.#previous].map((path) => path.#finish(limitMs)));
    await this.#own?.settled();
    this.#clients.shut();
    this.#own?.close();
    await this.#clients.empty(FLUSH_MS);
  }

  /** Serves clients once an endpoint is reached, or soon after: who calls while a router starts is served all the same. */
  async #connect(): Promise<void> {
    const tries = this.#upstreams.map((upstream) => upstream.connect());
    const { available } = this.router.endpoints;
    const reached = tries.map(async (tried, endpoint) => {
      await tried;
      if (available[endpoint] === 0) throw new Error('not reached');
    });
    await Promise.race([Promise.any(reached).catch(ignore), afterMs(FIRST_REACH_MS)]);
    this.#clients.open();
    this.#startWatching();
    await Promise.all(tries);
  }

  #startWatching(): void {
    this.#prober.start();
    this.#checker?.start();
  }

  async #closeUpstreams(): Promise<void> {
    this.#prober.close();
    this.#checker?.close();
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
  }

  /** Waits for the open requests, for at most `limitMs`, and ends the rest. */
  async #finish(limitMs: Ms): Promise<void> {
    await this.#idle(limitMs);
    for (const request of [...this.#open]) request.cutOff();
  }

  /** Resolves when no request is open, and at the latest after `limitMs`. */
  #idle(limitMs: Ms): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    const limit = Promise.withResolvers<void>();
    const deadline = new Deadline(limitMs, limit.resolve);
    return Promise.race([this.#idling.promise, limit.promise]).finally(() => deadline.clear());
  }

  #onAvailable(endpoint: number, isAvailable: boolean): void {
    this.router.setAvailable(endpoint, isAvailable);
    if (isAvailable) this.#onHealthChange(this.clock.now());
    if (this.#draining === null) this.#own?.setServing(this.router.endpoints.available.includes(1));
  }

  /** Those of the open requests that have not begun leave an endpoint that is unhealthy, once there is a healthy one. */
  #onHealthChange(nowMs: Ms): void {
    if (this.router.health?.admitsAll !== false) return;
    for (const request of [...this.#open]) request.onHealthChange(nowMs);
  }

  #onStream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number): void {
    const view = headerViewOf(headers);
    if (headers[':method'] !== 'POST' || !isGrpc(view)) {
      stream.on('error', ignore);
      stream.respond(headers[':method'] === 'POST' ? { ':status': 415 } : { ':status': 405, allow: 'POST' }, {
        endStream: true,
      });
      stream.resume();
      return;
    }
    const service = serviceIn(headers[':path'] ?? '');
    if (service !== null && this.#own?.has(service) === true) {
      this.#own.serve(stream, headers);
      return;
    }
    // Requests without a number of their own count down from -1, outside every schedule.
    const info = requestInfoOf(view, -this.counts.arrived());
    const header = view.get('grpc-timeout');
    const timeoutMs = header === undefined ? null : parseGrpcTimeout(header);
    if (this.#gate?.admits(view) === false) {
      this.#refuse(stream, { code: grpcStatus.unauthenticated, message: NO_TOKEN }, false);
    } else if (service === null || this.#services?.has(service) === false) {
      const message = 'the router does not offer this service';
      this.#refuse(stream, { code: grpcStatus.unimplemented, message }, false);
    } else if (header !== undefined && timeoutMs === null) {
      this.#refuse(stream, { code: grpcStatus.invalidArgument, message: MALFORMED_TIMEOUT }, true);
    } else if (this.#draining !== null) {
      this.#refuse(stream, { code: grpcStatus.unavailable, message: DRAINING }, true);
    } else {
      const isBodyWhole = (flags & END_STREAM) !== 0;
      if (this.#gate !== null) delete headers.authorization; // it was for the router
      const limitMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, this.#deadlineMs);
      const request = new ProxiedRequest(this, stream, {
        info,
        headers,
        timeoutMs: limitMs === Number.POSITIVE_INFINITY ? null : limitMs,
        isBodyWhole,
      });
      this.#open.add(request);
      request.start();
      this.#prober.look();
    }
  }

  /** Refuses a request without asking a node. */
  #refuse(stream: ServerHttp2Stream, status: Pick<Status, 'code' | 'message'>, isOffered: boolean): void {
    this.counts.over('rejected');
    this.calls?.refused(status.code, isOffered);
    stream.on('error', ignore);
    const headers = { ':status': 200, 'content-type': 'application/grpc', ...statusHeaders(status) };
    stream.respond(headers, { endStream: true });
    stream.resume();
  }
}

const END_STREAM = 0x1;

/** How long those who call wait for the first endpoint when the router starts. */
const FIRST_REACH_MS: Ms = 1000;

/** How long the last bytes may take to leave. */
const FLUSH_MS: Ms = 1000;

/** The specification does not say what to answer. grpc-go says INTERNAL, but the mistake is the client's. */
const MALFORMED_TIMEOUT = 'grpc-timeout is malformed, expected 1 to 8 digits and one of H, M, S, m, u, n';

const DRAINING = 'the router is draining and takes no new requests';

const NO_TOKEN = 'expected the header authorization: Bearer TOKEN with a token that this router knows';

const afterMs = (ms: Ms): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const ignore = (): void => {};
