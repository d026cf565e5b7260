import type { Socket } from 'node:net';
import type { Clock, Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { parseGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { Status } from '../attempt/wire.ts';
import type { CallMetrics } from '../metrics/call-metrics.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Router } from '../router.ts';
import type { DataPathSettings } from '../router-settings.ts';
import type { ClientTls, Door, NodeAddress } from './address.ts';
import { CLIENT_LIMITS, ClientConnections, type ClientLimits, type ClientSession } from './client-connections.ts';
import type {
  DataPath,
  DataPathCounters,
  DataPathOptions,
  EndpointCounters,
  Gate,
  Keepalive,
  SucceedingDataPath,
} from './data-path.ts';
import { Deadline } from './deadline.ts';
import { EndpointProber } from './endpoint-prober.ts';
import type { HeaderView } from './header-view.ts';
import { LoadSubscriber } from './load-subscriber.ts';
import type { NodePath } from './node-path.ts';
import type { OwnServices } from './own/own-services.ts';
import { PathChecker } from './path-checker.ts';
import { PathCounts } from './path-counts.ts';
import { USUAL_BYTES_PER_TOKEN } from './prompt-estimate.ts';
import { RequestDeadlines } from './request-deadlines.ts';
import { isGrpc, requestInfoOf, serviceIn } from './request-headers.ts';
import { RequestsUnderWay, type RequestUnderWay } from './requests-under-way.ts';

/** What carries the bytes of a data path: node:http2, or the frame engine. */
export interface ByteCarrier<Node extends NodePath> {
  /** A data path takes over only from one of the same kind. */
  readonly name: string;
  node(address: NodeAddress | null, onChange: (isConnected: boolean) => void, keepalive: Keepalive | undefined): Node;
  /** What serves a client whose preface has come, over its socket. */
  clients(seat: Seat<Node>): (socket: Socket) => ClientSession;
}

/** Who serves the requests of some connections: another one where it has taken over. */
export interface Seat<Node extends NodePath> {
  path: ProxyPath<Node>;
}

/** A request that goes to a node. */
export interface Admitted {
  readonly kind: 'routed';
  readonly info: RequestInfo;
  /** Null for none. */
  readonly timeoutMs: Ms | null;
}

/** What becomes of a request, by its headers. */
export type Reception =
  | Admitted
  | { readonly kind: 'own'; readonly own: OwnServices; readonly service: string }
  | { readonly kind: 'refused'; readonly status: Pick<Status, 'code' | 'message'> }
  | { readonly kind: 'not-grpc'; readonly httpStatus: 405 | 415 };

/** What every data path does, whatever carries its bytes: it begins, admits requests, checks paths, drains and ends. */
export class ProxyPath<Node extends NodePath> implements SucceedingDataPath {
  readonly router: Router;
  readonly clock: Clock;
  readonly counts: PathCounts;
  readonly replayBytes: number;
  bytesPerToken: number;
  readonly calls: CallMetrics | null;
  readonly deadlines = new RequestDeadlines();
  readonly #services: ReadonlySet<string> | null;
  readonly #gate: Gate | null;
  readonly #deadlineMs: Ms;
  #own: OwnServices | null;
  readonly #upstreams: readonly Node[];
  #limits: ClientLimits;
  readonly #tls: ClientTls | null;
  /** Who makes connections of its kind. */
  readonly #carrier: ByteCarrier<Node>;
  #clients: ClientConnections;
  #seat: Seat<Node>;
  /** Those that it has taken over from, while requests of theirs are open. */
  readonly #previous = new Set<ProxyPath<Node>>();
  /** Resolves when the last of its requests has ended; null while none has taken over from it. */
  #over: Promise<void> | null = null;
  readonly #prober: EndpointProber;
  readonly #checker: PathChecker | null;
  readonly #subscriber: LoadSubscriber;
  readonly #open = new RequestsUnderWay();
  #hasConnected = false;
  #draining: Promise<void> | null = null;
  /** Called the next time that no request is open. */
  #onIdle: (() => void)[] = [];

  constructor(options: DataPathOptions, carrier: ByteCarrier<Node>) {
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
      bytesPerToken = USUAL_BYTES_PER_TOKEN,
      keepalive,
      limits = {},
    } = options;
    this.router = router;
    this.clock = clock;
    this.replayBytes = replayBytes;
    this.bytesPerToken = bytesPerToken;
    this.calls = calls;
    this.counts = new PathCounts(addresses.length);
    this.#services = services === null ? null : new Set(services);
    this.#gate = gate;
    this.#deadlineMs = deadlineMs ?? Number.POSITIVE_INFINITY;
    this.#own = own;
    this.#upstreams = addresses.map((address, endpoint) => {
      router.setAvailable(endpoint, false);
      return carrier.node(address, (isConnected) => this.#onAvailable(endpoint, isConnected), keepalive);
    });
    this.#limits = { ...CLIENT_LIMITS, ...limits };
    this.#tls = tls;
    this.#carrier = carrier;
    this.#seat = { path: this };
    this.#clients = new ClientConnections(this.#limits, carrier.clients(this.#seat));
    this.#prober = new EndpointProber({ router, clock, upstream: (endpoint) => this.upstream(endpoint) });
    const { health } = router;
    this.#checker = health === null ? null : new PathChecker({ health, clock, upstreams: this.#upstreams });
    const { tell = () => {} } = options;
    this.#subscriber = new LoadSubscriber({ router, clock, upstreams: this.#upstreams, tell });
    health?.listen((nowMs) => this.#onHealthChange(nowMs));
  }

  /** Whether the header `authorization` is for the router alone. */
  get isGated(): boolean {
    return this.#gate !== null;
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
    if (!(previous instanceof ProxyPath) || previous.#carrier.name !== this.#carrier.name)
      throw new TypeError('a data path takes over from one of its own kind');
    const tries = this.#upstreams.map((upstream) => upstream.connect());
    this.#hasConnected = true;
    await Promise.race([Promise.all(tries), afterMs(FIRST_REACH_MS)]);
    await this.#clients.close();
    this.#clients = previous.#clients;
    this.#own = previous.#own;
    previous.#own = null;
    this.#seat = previous.#seat;
    this.#seat.path = this;
    this.#clients.limitTo(this.#limits);
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

  retune({ bytesPerToken, idleS, maxConnections }: DataPathSettings): void {
    this.bytesPerToken = bytesPerToken;
    this.#limits = { ...this.#limits, idleMs: idleS * 1000, maxConnections };
    this.#clients.limitTo(this.#limits);
  }

  drain(limitMs: Ms): Promise<void> {
    this.#draining ??= this.#drain(limitMs);
    return this.#draining;
  }

  counters(): DataPathCounters {
    return this.counts.all();
  }

  clientConnections(): number {
    return this.#clients.count;
  }

  endpointCounters(): readonly EndpointCounters[] {
    return this.counts.byEndpoint();
  }

  async close(): Promise<void> {
    this.#own?.close();
    const closing = [this, ...this.#previous].map((path) => path.#closeUpstreams());
    await Promise.all([this.#clients.close(), ...closing]);
  }

  upstream(endpoint: number): Node {
    return this.#upstreams[endpoint]!;
  }

  /**
   * Judges a request that came, and counts it where it is for a node. One that is refused is over. `isLate`: its client had not heard
   * of the GOAWAY when it sent it, so it is served although the data path drains.
   */
  admit(headers: HeaderView, isLate = false): Reception {
    if (headers.get(':method') !== 'POST') return NOT_POST;
    if (!isGrpc(headers)) return NOT_GRPC;
    const service = serviceIn(headers.get(':path') ?? '');
    if (service !== null && this.#own?.has(service) === true) return { kind: 'own', own: this.#own, service };
    // Requests without a number of their own count down from -1, outside every schedule.
    const header = headers.get('grpc-timeout');
    const timeoutMs = header === undefined ? null : parseGrpcTimeout(header);
    const limitMs = Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, this.#deadlineMs);
    const info = requestInfoOf(headers, {
      fallbackId: -this.counts.arrived(),
      bytesPerToken: this.bytesPerToken,
      deadlineMs: limitMs === Number.POSITIVE_INFINITY ? 0 : limitMs,
    });
    if (this.#gate?.admits(headers) === false) return this.#refused(grpcStatus.unauthenticated, NO_TOKEN, false);
    if (service === null || this.#services?.has(service) === false) {
      return this.#refused(grpcStatus.unimplemented, 'the router does not offer this service', false);
    }
    if (header !== undefined && timeoutMs === null) {
      return this.#refused(grpcStatus.invalidArgument, MALFORMED_TIMEOUT, true);
    }
    if (this.#draining !== null && !isLate) return this.#refused(grpcStatus.unavailable, DRAINING, true);
    return { kind: 'routed', info, timeoutMs: limitMs === Number.POSITIVE_INFINITY ? null : limitMs };
  }

  /** A request is about to be routed. */
  begun(request: RequestUnderWay): void {
    this.#open.add(request);
  }

  /** A request was sent to its first endpoint: the policy may want more probes. */
  wasRouted(): void {
    this.#prober.look();
  }

  over(request: RequestUnderWay): void {
    this.#open.delete(request);
    if (this.#open.size > 0 || this.#onIdle.length === 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
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
    this.#subscriber.start();
  }

  async #closeUpstreams(): Promise<void> {
    this.#prober.close();
    this.#checker?.close();
    this.#subscriber.close();
    await Promise.all(this.#upstreams.map((upstream) => upstream.close()));
  }

  /** Waits for the open requests, for at most `limitMs`, and ends the rest. */
  async #finish(limitMs: Ms): Promise<void> {
    await this.#idle(limitMs);
    const open = this.#open.all();
    // Those that wait first: they would get the places of the others.
    for (const request of open) if (request.isWaiting) request.cutOff();
    for (const request of open) request.cutOff();
  }

  /** Resolves when no request is open, and at the latest after `limitMs`. */
  #idle(limitMs: Ms): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    const limit = Promise.withResolvers<void>();
    const deadline = new Deadline(limitMs, limit.resolve);
    this.#onIdle.push(limit.resolve);
    return limit.promise.finally(() => deadline.clear());
  }

  #onAvailable(endpoint: number, isAvailable: boolean): void {
    this.router.setAvailable(endpoint, isAvailable);
    if (isAvailable) this.#onHealthChange(this.clock.now());
    if (this.#draining === null) this.#own?.setServing(this.router.endpoints.available.includes(1));
  }

  /** Those of the open requests that have not begun leave an endpoint that is unhealthy, once there is a healthy one. */
  #onHealthChange(nowMs: Ms): void {
    if (this.router.health?.admitsAll === false) {
      for (const request of this.#open.all()) request.onHealthChange(nowMs);
    }
    this.router.room.serve(nowMs);
  }

  #refused(code: number, message: string, isOffered: boolean): Reception {
    this.counts.over('rejected');
    this.calls?.refused(code, isOffered);
    return { kind: 'refused', status: { code, message } };
  }
}

const NOT_POST: Reception = { kind: 'not-grpc', httpStatus: 405 };
const NOT_GRPC: Reception = { kind: 'not-grpc', httpStatus: 415 };

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
