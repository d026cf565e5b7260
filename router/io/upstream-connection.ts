import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Ms } from '../../core/time/clock.ts';
import type { NodeAddress } from './address.ts';
import type { Keepalive } from './data-path.ts';
import { Deadline } from './deadline.ts';
import { CONNECTION_WINDOW_BYTES, HEADER_LIST_PAIRS, SESSION_MEMORY_MB, SETTINGS } from './http2-limits.ts';
import { KeepaliveTimer } from './keepalive-timer.ts';
import type { ConnectionListener, NodeConnection } from './upstream.ts';

/**
 * One connection to an endpoint. It is ready once the peer's SETTINGS came: a relay in between accepts a socket before it
 * knows whether the node behind it runs. A peer whose machine vanished sends nothing: it is given up when it answers no ping.
 */
export class UpstreamConnection implements NodeConnection {
  readonly #session: ClientHttp2Session;
  readonly #scheme: 'http' | 'https';
  #readyAtMs: Ms | null = null;
  #resets = 0;

  constructor(address: NodeAddress, keepalive: Keepalive, listener: ConnectionListener<UpstreamConnection>) {
    const authority = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    const { tls = null } = address;
    this.#scheme = tls === null ? 'http' : 'https';
    const session = connect(`${this.#scheme}://${authority}`, {
      ...(tls !== null && { ...tls, ...(tls.serverName !== undefined && { servername: tls.serverName }) }),
      settings: SETTINGS,
      maxHeaderListPairs: HEADER_LIST_PAIRS,
      maxSessionMemory: SESSION_MEMORY_MB,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER, // a larger block would make node:http2 end the whole connection
    });
    this.#session = session;
    const alive = new KeepaliveTimer(keepalive, {
      bytesRead: () => this.bytesRead,
      ping: () => {
        if (!session.destroyed) session.ping((error) => error === null && alive.onPong());
      },
      giveUp: () => session.destroy(),
    });
    const timeout = new Deadline(CONNECT_TIMEOUT_MS, () => session.destroy());
    session.once('remoteSettings', () => {
      timeout.clear();
      if (session.closed || session.destroyed) return; // its GOAWAY came first
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      this.#readyAtMs = performance.now();
      alive.start();
      listener.onReady(this);
    });
    session.on('error', () => {}); // `close` follows every error
    session.once('goaway', () => listener.onGoaway(this));
    session.once('close', () => {
      timeout.clear();
      alive.stop();
      listener.onClosed(this);
    });
  }

  /** How long it has taken requests; 0 if it never did. */
  get ageMs(): Ms {
    return this.#readyAtMs === null ? 0 : performance.now() - this.#readyAtMs;
  }

  /** How many bytes came over it: frames of any kind. */
  get bytesRead(): number {
    return this.#session.socket?.bytesRead ?? 0;
  }

  /** How many of its streams the router has reset. */
  get resets(): number {
    return this.#resets;
  }

  owns(stream: ClientHttp2Stream): boolean {
    return stream.session === this.#session;
  }

  /** The largest header list that the peer takes. */
  get headerListBytes(): number {
    return this.#session.remoteSettings.maxHeaderListSize ?? Number.POSITIVE_INFINITY;
  }

  /** Opens a stream; null where the connection takes no more. Throws where node:http2 refuses the headers. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream | null {
    if (this.#session.closed || this.#session.destroyed) return null;
    return this.#session.request(this.#scheme === 'http' ? headers : { ...headers, ':scheme': 'https' }, { endStream });
  }

  countReset(): void {
    this.#resets++;
  }

  /** Takes no more requests; closes when the last one has ended. */
  retire(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  /** Ends it with all its streams; resolves when it is closed. */
  destroy(): Promise<void> {
    const session = this.#session;
    if (session.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      session.once('close', resolve);
      session.destroy();
    });
  }
}

const CONNECT_TIMEOUT_MS = 5000;
