import type { Socket } from 'node:net';
import type { Clock, Ms } from '../../core/time/clock.ts';
import { grpcStatus } from '../attempt/grpc-status.ts';
import { parseGrpcTimeout } from '../attempt/grpc-timeout.ts';
import type { Status } from '../attempt/wire.ts';
import type { CallMetrics } from '../metrics/call-metrics.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Router } from '../router.ts';
import type { Address } from './address.ts';
import { CLIENT_LIMITS, ClientConnections, type ClientSession } from './client-connections.ts';
import type { DataPath, DataPathCounters, DataPathOptions, EndpointCounters, Keepalive } from './data-path.ts';
import { Deadline } from './deadline.ts';
import { EndpointProber } from './endpoint-prober.ts';
import type { HeaderView } from './header-view.ts';
import type { NodePath } from './node-path.ts';
import type { OwnServices } from './own-services.ts';
import { PathChecker } from './path-checker.ts';
import { PathCounts } from './path-counts.ts';
import { isGrpc, requestInfoOf, serviceIn } from './request-headers.ts';

/** What carries the bytes of a data path: node:http2, or the frame engine. */
export interface ByteCarrier<Node extends NodePath> {
  node(address: Address | null, onChange: (isConnected: boolean) => void, keepalive: Keepalive | undefined): Node;
  /** What serves a client whose preface has come, over its socket. */
  clients(path: ProxyPath<Node>): (socket: Socket) => ClientSession;
}

/** A request that is open, as far as the whole data path is concerned. */
interface OpenRequest {
  /** An endpoint is healthy or unhealthy that was not. */
  onHealthChange(nowMs: Ms): void;
  /** The router shuts down and does not wait for the request. */
  cutOff(): void;
}

/** What becomes of a request, by its headers. `timeoutMs` is null for none. */
export type Reception =
  | { readonly kind: 'routed'; readonly info: RequestInfo; readonly timeoutMs: Ms | null }
  | { readonly kind: 'own'; readonly own: OwnServices }
  | { readonly kind: 'refused'; readonly status: Pick<Status, 'code' | 'message'> }
  | { readonly kind: 'not-grpc'; readonly httpStatus: 405 | 415 };

/** What every data path does, whatever carries its bytes: it begins, admits requests, checks paths, drains and ends. */
export class ProxyPath<Node extends NodePath> implements DataPath {
  readonly router: Router;
  readonly clock: Clock;
  readonly counts: PathCounts;
  /** How much of a body is kept for another attempt. */
  readonly replayBytes: number;
  readonly calls: CallMetrics | null;
  readonly #services: ReadonlySet<string>;
  readonly #own: OwnServices | null;
  readonly #upstreams: readonly Node[];
  readonly #clients: ClientConnections;
  readonly #prober: EndpointProber;
  readonly #checker: PathChecker | null;
  readonly #open = new Set<OpenRequest>();
  #hasConnected = false;
  #draining: Promise<void> | null = null;
  #onIdle: (() => void) | null = null;

  constructor(options: DataPathOptions, carrier: ByteCarrier<Node>) {
    const {
      router,
      clock,
      addresses,
      services,
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
    this.#services = new Set(services);
    this.#own = own;
    this.#upstreams = addresses.map((address, endpoint) => {
      router.setAvailable(endpoint, false);
      return carrier.node(address, (isConnected) => this.#onAvailable(endpoint, isConnected), keepalive);
    });
    this.#clients = new ClientConnections({ ...CLIENT_LIMITS, ...limits }, carrier.clients(this));
    this.#prober = new EndpointProber({ router, clock, upstream: (endpoint) => this.upstream(endpoint) });
    const { health } = router;
    this.#checker = health === null ? null : new PathChecker({ health, clock, upstreams: this.#upstreams });
    health?.listen((nowMs) => this.#onHealthChange(nowMs));
  }

  async listen(address: Address): Promise<number> {
    const port = await this.#clients.listen(address);
    if (!this.#hasConnected) {
      this.#hasConnected = true;
      await this.#connect();
    }
    return port;
  }

  reconcile(endpoints: readonly (Address | null)[]): void {
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
    this.#prober.close();
    this.#checker?.close();
    this.#own?.close();
    await Promise.all([this.#clients.close(), ...this.#upstreams.map((upstream) => upstream.close())]);
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
    if (service !== null && this.#own?.has(service) === true) return { kind: 'own', own: this.#own };
    // Requests without a number of their own count down from -1, outside every schedule.
    const info = requestInfoOf(headers, -this.counts.arrived());
    const header = headers.get('grpc-timeout');
    const timeoutMs = header === undefined ? null : parseGrpcTimeout(header);
    if (service === null || !this.#services.has(service)) {
      return this.#refused(grpcStatus.unimplemented, 'the router does not offer this service', false);
    }
    if (header !== undefined && timeoutMs === null) {
      return this.#refused(grpcStatus.invalidArgument, MALFORMED_TIMEOUT, true);
    }
    if (this.#draining !== null && !isLate) return this.#refused(grpcStatus.unavailable, DRAINING, true);
    return { kind: 'routed', info, timeoutMs };
  }

  /** A request is about to be routed. */
  begun(request: OpenRequest): void {
    this.#open.add(request);
  }

  /** A request was sent to its first endpoint: the policy may want more probes. */
  wasRouted(): void {
    this.#prober.look();
  }

  over(request: OpenRequest): void {
    this.#open.delete(request);
    if (this.#open.size === 0) this.#onIdle?.();
  }

  async #drain(limitMs: Ms): Promise<void> {
    this.#own?.setServing(false);
    this.#clients.goAway();
    await this.#idle(limitMs);
    for (const request of [...this.#open]) request.cutOff();
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
    const soon = new Promise<void>((resolve) => setTimeout(resolve, FIRST_REACH_MS).unref());
    await Promise.race([Promise.any(reached).catch(ignore), soon]);
    this.#clients.open();
    this.#prober.start();
    this.#checker?.start();
    await Promise.all(tries);
  }

  /** Resolves when no request is open, and at the latest after `limitMs`. */
  #idle(limitMs: Ms): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = new Deadline(limitMs, resolve);
      this.#onIdle = () => {
        limit.clear();
        resolve();
      };
    });
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

const ignore = (): void => {};
