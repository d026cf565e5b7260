import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type SecureContextOptions,
  TLSSocket,
  type TlsOptions,
  Server as TlsServer,
} from 'node:tls';
import type { Ms } from '../../core/time/clock.ts';
import type { ClientTls, Door } from './address.ts';
import { CONNECTION_WINDOW_BYTES, HEADER_LIST_PAIRS, SESSION_MEMORY_MB, SETTINGS } from './http2-limits.ts';
import { whenPreface } from './http2-preface.ts';

export interface ClientLimits {
  /** How many connections there may be; one more is closed at once. */
  readonly maxConnections: number;
  /** A connection ends after this time without a stream, with GOAWAY. */
  readonly idleMs: Ms;
  /** How long a client may take for its preface and SETTINGS. */
  readonly prefaceMs: Ms;
}

export const CLIENT_LIMITS: ClientLimits = { maxConnections: 1024, idleMs: 300_000, prefaceMs: 10_000 };

type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/** A connection of a client. */
interface Connection {
  /** Null until its preface came. */
  session: ServerHttp2Session | null;
  hasSettings: boolean;
  streams: number;
  /** When its last stream ended, by the monotonic clock. */
  idleSinceMs: Ms;
}

/**
 * The connections of clients: it listens, accepts HTTP/2 with prior knowledge, answers HTTP/1.1 with an error, and
 * closes connections that are idle or silent.
 */
export class ClientConnections {
  #limits: ClientLimits;
  #onStream: OnStream;
  readonly #http2: Http2Server;
  readonly #doors: Server[] = [];
  /** Connections that came before there was anybody to serve them; null once they are served. */
  #early: Socket[] | null = [];
  readonly #open = new Map<Socket, Connection>();
  #sweeping: NodeJS.Timeout;
  #onEmpty: (() => void) | null = null;
  #isShut = false;

  constructor(limits: ClientLimits, onStream: OnStream) {
    this.#limits = limits;
    this.#onStream = onStream;
    this.#http2 = createHttp2Server({
      settings: SETTINGS,
      maxHeaderListPairs: HEADER_LIST_PAIRS,
      maxSessionMemory: SESSION_MEMORY_MB,
      ...RESETS,
    });
    this.#http2.on('stream', (stream, headers, flags) => this.#onStream(stream as ServerHttp2Stream, headers, flags));
    this.#sweeping = this.#sweepEach(limits);
  }

  /** Somebody else serves streams from now on, within other limits. Open streams are not his. */
  serve(limits: ClientLimits, onStream: OnStream): void {
    this.#limits = limits;
    this.#onStream = onStream;
    clearInterval(this.#sweeping);
    this.#sweeping = this.#sweepEach(limits);
  }

  /** Resolves to the port; rejects with one clear line. Without `tls` clients call in clear text. */
  async listen(address: Door, tls: ClientTls | null = null): Promise<number> {
    const take = (socket: Socket): void => this.#take(socket);
    const door = tls === null ? createServer(TCP, take) : createTlsServer(this.#tlsOptions(tls), take);
    if (tls !== null) door.maxConnections = this.#limits.maxConnections; // those that shake hands count, too
    const port = await bind(door, address);
    this.#doors.push(door);
    return port;
  }

  /** Connections that come from now on use these certificates. */
  renew(tls: ClientTls): void {
    for (const door of this.#doors) if (door instanceof TlsServer) door.setSecureContext(contextOf(tls));
  }

  /** Serves those who have called, and from now on at once. Until then connections wait. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const socket of early) this.#take(socket);
  }

  /**
   * Sends GOAWAY over each connection, which closes when its streams have ended. A request that crosses the GOAWAY is above its last
   * stream id, so the client knows that it was not processed. (node:http2 cannot send the earlier notice that RFC 9113 6.8
   * describes: it ignores new streams after any GOAWAY.) Connections are still taken, so that whoever calls can be told why
   * there is no service, until `shut`.
   */
  goAway(): void {
    for (const socket of this.#early ?? []) socket.destroy();
    this.#early = null;
    for (const { session, hasSettings } of this.#open.values()) if (hasSettings) session?.close();
  }

  /** Takes no more connections, and ends those that are left as `goAway` does. */
  shut(): void {
    this.#isShut = true;
    for (const door of this.#doors) door.close();
    for (const [socket, { session }] of this.#open) {
      if (session === null) socket.destroy();
      else session.close();
    }
  }

  /** Resolves when no connection is left, and at the latest after `limitMs`. */
  empty(limitMs: Ms): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      this.#onEmpty = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }

  /** Ends all connections; resolves when all of them are closed. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    const closed = this.#doors.map((door) => new Promise<void>((resolve) => door.close(() => resolve())));
    for (const socket of this.#early ?? []) socket.destroy();
    for (const [socket, { session }] of this.#open) {
      session?.destroy();
      socket.destroy();
    }
    await Promise.all(closed);
  }

  #tlsOptions(tls: ClientTls): TlsOptions {
    return {
      ...TCP,
      ...contextOf(tls),
      ALPNProtocols: ['h2'],
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: tls.ca !== undefined,
      handshakeTimeout: this.#limits.prefaceMs,
    };
  }

  #take(socket: Socket): void {
    socket.on('error', () => {}); // `close` follows every error
    // gRPC over TLS is agreed on by ALPN; node:http2 takes nothing else.
    if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return;
    }
    if (this.#early !== null && this.#early.length < this.#limits.maxConnections) {
      this.#early.push(socket);
      return;
    }
    if (this.#isShut || socket.destroyed || this.#open.size >= this.#limits.maxConnections) {
      socket.destroy();
      return;
    }
    const connection: Connection = { session: null, hasSettings: false, streams: 0, idleSinceMs: performance.now() };
    this.#open.set(socket, connection);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
    whenPreface(socket, () => {
      this.#http2.once('session', (session: ServerHttp2Session) => this.#onSession(session, connection));
      this.#http2.emit('connection', socket);
    });
  }

  #onSession(session: ServerHttp2Session, connection: Connection): void {
    connection.session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.on('error', () => {}); // its streams close, and that is handled
    session.once('remoteSettings', () => {
      connection.hasSettings = true;
      if (this.#isShut) session.close();
    });
    session.on('stream', (stream) => {
      connection.streams++;
      stream.once('close', () => {
        connection.streams--;
        connection.idleSinceMs = performance.now();
      });
    });
  }

  #sweepEach({ idleMs, prefaceMs }: ClientLimits): NodeJS.Timeout {
    return setInterval(() => this.#sweep(), Math.max(10, Math.min(idleMs, prefaceMs) / 4)).unref();
  }

  #sweep(): void {
    const nowMs = performance.now();
    const { idleMs, prefaceMs } = this.#limits;
    for (const [socket, { session, hasSettings, streams, idleSinceMs }] of this.#open) {
      if (streams > 0) continue;
      const stillMs = nowMs - idleSinceMs;
      if (session === null || !hasSettings) {
        if (stillMs >= prefaceMs) socket.destroy();
      } else if (stillMs >= idleMs + prefaceMs) {
        session.destroy(); // it did not close when it was asked to
      } else if (stillMs >= idleMs && !session.closed) {
        session.close();
      }
    }
  }
}

/**
 * How many streams a client may reset before its connection ends, at once and per second. A client of many users resets one for
 * each deadline that passes, and the defaults of Node.js, 1000 and 33, are for browsers.
 */
const RESETS = { streamResetBurst: 10_000, streamResetRate: 1000 };

const TCP = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/** RFC 9113 9.2 asks for TLS 1.2 or later. */
const contextOf = ({ cert, key, ca }: ClientTls): SecureContextOptions => ({
  cert,
  key,
  minVersion: 'TLSv1.2',
  ...(ca !== undefined && { ca }),
});

const bind = (server: Server, { host, port, sharing = 'none' }: Door): Promise<number> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const reason = error.code === 'EADDRINUSE' ? 'the port is in use' : error.message;
      reject(new Error(`router cannot listen on ${host}:${port}: ${reason}`, { cause: error }));
    };
    server.once('error', onError);
    server.listen({ port, host, exclusive: sharing === 'none', reusePort: sharing === 'kernel' }, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
