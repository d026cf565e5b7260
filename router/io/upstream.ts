import type { Ms } from '../../core/time/clock.ts';
import type { NodeAddress } from './address.ts';
import type { Keepalive } from './data-path.ts';

/** One connection to an endpoint, as far as its upkeep goes. */
export interface NodeConnection {
  /** How long it has taken requests; 0 if it never did. */
  readonly ageMs: Ms;
  /** How many bytes came over it: frames of any kind. */
  readonly bytesRead: number;
  /** How many of its streams the router has reset. */
  readonly resets: number;
  /** The largest header list that the peer takes. */
  readonly headerListBytes: number;
  /** Takes no more requests; closes when the last one has ended. */
  retire(): void;
  /** Ends it with all its streams; resolves when it is closed. */
  destroy(): Promise<void>;
}

export interface ConnectionListener<Connection> {
  /** The peer's SETTINGS came: it takes requests. */
  onReady(connection: Connection): void;
  /** The peer takes no new requests; open ones continue. */
  onGoaway(connection: Connection): void;
  /** Called once, and last. */
  onClosed(connection: Connection): void;
}

/** Begins to connect. The listener hears of it later, never during the call. */
type Connect<Connection> = (
  address: NodeAddress,
  keepalive: Keepalive,
  listener: ConnectionListener<Connection>,
) => Connection;

/**
 * How the router reaches one endpoint: over one lasting connection. A new one is made when it is lost, when the peer sends
 * GOAWAY, and when the endpoint moves. New requests use the newest ready connection; older ones end with their streams.
 *
 * All its times are read from the monotonic clock: the clock of the run is set when the run starts.
 */
export class Upstream<Connection extends NodeConnection> {
  readonly #connectTo: Connect<Connection>;
  readonly #keepalive: Keepalive;
  readonly #onChange: (isConnected: boolean) => void;
  #address: NodeAddress | null;
  #current: Connection | null = null;
  /** The connection that is being made. */
  #next: Connection | null = null;
  /** Connections that end with their streams, the oldest first. */
  readonly #old = new Set<Connection>();
  #isConnected = false;
  #isClosed = false;
  /** Connections in a row that did not last. */
  #failures = 0;
  #reconnecting: NodeJS.Timeout | undefined;
  #onSettled: (() => void)[] = [];

  constructor(
    connectTo: Connect<Connection>,
    address: NodeAddress | null,
    onChange: (isConnected: boolean) => void,
    keepalive: Keepalive = KEEPALIVE,
  ) {
    this.#connectTo = connectTo;
    this.#address = address;
    this.#onChange = onChange;
    this.#keepalive = keepalive;
  }

  /** The connection that takes requests now; null while there is none. */
  get current(): Connection | null {
    return this.#current;
  }

  /** The largest header list that the peer takes. */
  get headerListBytes(): number {
    return this.#current?.headerListBytes ?? Number.POSITIVE_INFINITY;
  }

  /** How many bytes came over the connections that it has now: another number says that something came. */
  get bytesRead(): number {
    let bytes = this.#current?.bytesRead ?? 0;
    for (const connection of this.#old) bytes += connection.bytesRead;
    return bytes;
  }

  /**
   * Has a new connection take over as soon as there is one: over a path that carried nothing for long, TCP sends what waits
   * ever more seldom, and a new connection is there first when the path comes back.
   */
  renew(): void {
    if (this.#current !== null && this.#next === null && !this.#isClosed) this.#connect();
  }

  /**
   * Reports that the router reset a stream of a connection. A server that runs on nghttp2 ends a connection with many resets, for
   * all its streams: 1000 at once, then 33 a second. A new connection takes over before that.
   */
  hasReset(connection: Connection): void {
    if (connection !== this.#current || connection.resets < RESETS_A_CONNECTION) return;
    if (this.#next === null && this.#old.size < MAX_OLD) this.#connect();
  }

  /** Starts connecting; resolves when the first try is over, successful or not. */
  connect(): Promise<void> {
    if (this.#address === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onSettled.push(resolve);
      this.#connect();
    });
  }

  /** The endpoint is at another address from now on, or gone; streams over the old connection continue. */
  moveTo(address: NodeAddress | null): void {
    if (isSameAddress(address, this.#address) || this.#isClosed) return;
    this.#address = address;
    clearTimeout(this.#reconnecting);
    const next = this.#next;
    this.#next = null;
    void next?.destroy();
    this.#retireCurrent();
    this.#set(false);
    this.#failures = 0;
    if (address === null) this.#settle();
    else this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reconnecting);
    const open = [this.#current, this.#next, ...this.#old];
    await Promise.all(open.map((connection) => connection?.destroy()));
  }

  #connect(): void {
    if (this.#address === null) return;
    this.#next = this.#connectTo(this.#address, this.#keepalive, {
      onReady: (connection) => this.#onReady(connection),
      onGoaway: (connection) => this.#onGoaway(connection),
      onClosed: (connection) => this.#onClosed(connection),
    });
  }

  #onReady(connection: Connection): void {
    if (connection !== this.#next) return;
    this.#next = null;
    this.#retireCurrent();
    this.#current = connection;
    this.#set(true);
    this.#settle();
  }

  #onGoaway(connection: Connection): void {
    if (connection !== this.#current) return;
    this.#retireCurrent();
    this.#lost(connection);
  }

  #onClosed(connection: Connection): void {
    if (this.#old.delete(connection)) return;
    if (connection === this.#next) {
      this.#next = null;
      this.#settle();
      if (this.#current === null) this.#lost(connection);
    } else if (connection === this.#current) {
      this.#current = null;
      this.#lost(connection);
    }
  }

  #retireCurrent(): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    this.#old.add(current);
    current.retire();
    if (this.#old.size <= MAX_OLD) return;
    const [oldest] = this.#old;
    void oldest?.destroy();
  }

  /** Reconnects: at once if the last connection lasted for a while, else with growing delays. */
  #lost({ ageMs }: Connection): void {
    this.#set(false);
    if (this.#isClosed || this.#next !== null) return;
    if (ageMs >= LASTING_MS) this.#failures = 0;
    const delayMs = this.#failures === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (this.#failures - 1), MAX_BACKOFF_MS);
    this.#failures++;
    clearTimeout(this.#reconnecting);
    this.#reconnecting = setTimeout(() => {
      if (this.#next === null && this.#current === null && !this.#isClosed) this.#connect();
    }, delayMs);
  }

  #set(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (!this.#isClosed) this.#onChange(isConnected);
  }

  #settle(): void {
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }
}

const isSameAddress = (a: NodeAddress | null, b: NodeAddress | null): boolean =>
  a?.host === b?.host && a?.port === b?.port && a?.tls === b?.tls;

const FIRST_BACKOFF_MS: Ms = 50;
const MAX_BACKOFF_MS: Ms = 2000;

/** A connection that lasted this long was a good one. */
const LASTING_MS: Ms = 1000;

/** An outage of some seconds must not end the connection. */
const KEEPALIVE: Keepalive = { everyMs: 5000, timeoutMs: 10_000 };

/** Connections of one endpoint that wait for their streams to end; beyond it the oldest is closed. */
const MAX_OLD = 16;

/** Half of what nghttp2 takes at once, since a new connection needs time. Source: nghttp2_option_set_stream_reset_rate_limit. */
const RESETS_A_CONNECTION = 500;
