import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Cancel, Clock, Ms } from '../../core/time/clock.ts';
import type { Address } from './data-path.ts';
import { CONNECTION_WINDOW_BYTES, SESSION_MEMORY_MB, SETTINGS } from './windows.ts';

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;

/** How often a connection is asked whether anyone is still there, and how long the answer may take. */
export interface Keepalive {
  readonly everyMs: Ms;
  readonly timeoutMs: Ms;
}

/** An outage of some seconds is no loss of the connection. */
const KEEPALIVE: Keepalive = { everyMs: 5000, timeoutMs: 10_000 };

/**
 * The one lasting connection to an endpoint. It counts as connected once the peer's SETTINGS came (a relay in between
 * accepts a socket before it knows whether anyone is behind it), and it connects again after a loss, ever slower. A peer
 * whose machine vanished never says so: it is given up when it answers no ping.
 */
export class Upstream {
  readonly #authority: string;
  readonly #clock: Clock;
  readonly #keepalive: Keepalive;
  readonly #onChange: (isConnected: boolean) => void;
  #session: ClientHttp2Session | null = null;
  #isConnected = false;
  #isClosed = false;
  #backoffMs: Ms = FIRST_BACKOFF_MS;
  #cancelReconnect: Cancel = () => {};

  constructor(
    address: Address,
    clock: Clock,
    onChange: (isConnected: boolean) => void,
    keepalive: Keepalive = KEEPALIVE,
  ) {
    this.#keepalive = keepalive;
    this.#authority = `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Opens a stream; null while there is no connection. */
  request(headers: IncomingHttpHeaders, endStream: boolean): ClientHttp2Stream | null {
    if (!this.#isConnected || this.#session === null || this.#session.closed) return null;
    return this.#session.request(headers, { endStream });
  }

  /** Starts connecting; resolves when the first try is over, well or not. */
  connect(): Promise<void> {
    return new Promise((resolve) => this.#connect(resolve));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelReconnect();
    const session = this.#session;
    if (session === null || session.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      session.once('close', resolve);
      session.destroy();
    });
  }

  #connect(onSettled: () => void): void {
    const session = connect(this.#authority, { settings: SETTINGS, maxSessionMemory: SESSION_MEMORY_MB });
    this.#session = session;
    const cancelTimeout = this.#clock.at(this.#clock.now() + CONNECT_TIMEOUT_MS, () => session.destroy());
    session.once('remoteSettings', () => {
      cancelTimeout();
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      this.#backoffMs = FIRST_BACKOFF_MS;
      this.#set(true);
      this.#pingLater(session);
      onSettled();
    });
    session.on('error', () => {}); // a close follows each
    session.once('goaway', () => this.#set(false)); // streams under way go on; new ones would be refused
    session.once('close', () => {
      cancelTimeout();
      this.#set(false);
      onSettled();
      if (!this.#isClosed) this.#reconnectLater();
    });
  }

  #pingLater(session: ClientHttp2Session): void {
    // Not by the clock of the run, which leaps when the run starts.
    const { everyMs, timeoutMs } = this.#keepalive;
    const asking = setTimeout(() => {
      session.off('close', forget);
      if (session.closed || session.destroyed) return;
      const givingUp = setTimeout(() => session.destroy(), timeoutMs).unref();
      session.ping((error) => {
        clearTimeout(givingUp);
        if (error === null) this.#pingLater(session);
      });
    }, everyMs).unref();
    const forget = (): void => clearTimeout(asking);
    session.once('close', forget);
  }

  #reconnectLater(): void {
    this.#cancelReconnect = this.#clock.at(this.#clock.now() + this.#backoffMs, () => this.#connect(() => {}));
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
  }

  #set(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    if (!this.#isClosed) this.#onChange(isConnected);
  }
}
