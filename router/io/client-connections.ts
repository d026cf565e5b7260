import { createServer, type Server, type Socket } from 'node:net';
import type { SecureContextOptions, TlsOptions, Server as TlsServer } from 'node:tls';
import type { Ms } from '../../core/time/clock.ts';
import type { ClientTls, Door } from './address.ts';
import { whenPreface } from './http2-preface.ts';
import { nodeTls } from './node-tls.ts';

export interface ClientLimits {
  /** How many connections there may be; one more is closed at once. */
  readonly maxConnections: number;
  /** A connection ends after this time without a stream, with GOAWAY. */
  readonly idleMs: Ms;
  /** How long a client may take for its preface and SETTINGS. */
  readonly prefaceMs: Ms;
}

export const CLIENT_LIMITS: ClientLimits = { maxConnections: 1024, idleMs: 300_000, prefaceMs: 10_000 };

/** A connection of a client, whose preface has come. */
export interface ClientSession {
  /** Whether the client's SETTINGS came, and those of the router were acknowledged where that can be told. */
  readonly hasSettings: boolean;
  readonly streams: number;
  /** When its last stream ended, by the monotonic clock. */
  readonly idleSinceMs: Ms;
  /** Whether `end` was called. */
  readonly isEnding: boolean;
  /** Sends GOAWAY, and closes when its streams have ended. A second call allows no stream that has not come. */
  end(): void;
  destroy(): void;
}

interface Connection {
  /** Null until its preface came. */
  session: ClientSession | null;
  readonly sinceMs: Ms;
}

/**
 * The connections of clients: it listens, accepts HTTP/2 with prior knowledge, answers HTTP/1.1 with 426, and
 * closes connections that are idle or silent.
 */
export class ClientConnections {
  #limits: ClientLimits;
  readonly #serve: (socket: Socket) => ClientSession;
  readonly #doors: Server[] = [];
  /** Connections that came before there was anybody to serve them; null once they are served. */
  #early: Socket[] | null = [];
  readonly #open = new Map<Socket, Connection>();
  #sweeping: NodeJS.Timeout;
  #onEmpty: (() => void) | null = null;
  #isShut = false;

  constructor(limits: ClientLimits, serve: (socket: Socket) => ClientSession) {
    this.#limits = limits;
    this.#serve = serve;
    this.#sweeping = this.#sweepEach(limits);
  }

  /** How many connections are open. */
  get count(): number {
    return this.#open.size + (this.#early?.length ?? 0);
  }

  /** Other limits from now on. */
  limitTo(limits: ClientLimits): void {
    this.#limits = limits;
    for (const door of this.#doors) if (isSecure(door)) door.maxConnections = limits.maxConnections;
    clearInterval(this.#sweeping);
    this.#sweeping = this.#sweepEach(limits);
  }

  /** Resolves to the port; rejects with one clear line. Without `tls` clients call in clear text. */
  async listen(address: Door, tls: ClientTls | null = null): Promise<number> {
    const take = (socket: Socket): void => this.#take(socket);
    const door = tls === null ? createServer(TCP, take) : nodeTls().createServer(this.#tlsOptions(tls), take);
    if (tls !== null) door.maxConnections = this.#limits.maxConnections; // those that shake hands count, too
    const port = await bind(door, address);
    this.#doors.push(door);
    return port;
  }

  /** Connections that come from now on use these certificates. */
  renew(tls: ClientTls): void {
    for (const door of this.#doors) if (isSecure(door)) door.setSecureContext(contextOf(tls));
  }

  /** Serves those who have called, and from now on at once. Until then connections wait. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const socket of early) this.#take(socket);
  }

  /**
   * Sends GOAWAY over each connection, which closes when its streams have ended. Connections are still taken, so that whoever calls
   * can be told why there is no service, until `shut`.
   */
  goAway(): void {
    for (const socket of this.#early ?? []) socket.destroy();
    this.#early = null;
    for (const { session } of this.#open.values()) if (session?.hasSettings === true) session.end();
  }

  /** Takes no more connections, and ends those that are left as `goAway` does. */
  shut(): void {
    this.#isShut = true;
    for (const door of this.#doors) door.close();
    for (const [socket, { session }] of this.#open) {
      if (session === null) socket.destroy();
      else session.end();
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
    if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
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
    const connection: Connection = { session: null, sinceMs: performance.now() };
    this.#open.set(socket, connection);
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
    whenPreface(socket, () => {
      connection.session = this.#serve(socket);
      if (this.#isShut) connection.session.end();
    });
  }

  #sweepEach({ idleMs, prefaceMs }: ClientLimits): NodeJS.Timeout {
    return setInterval(() => this.#sweep(), Math.max(10, Math.min(idleMs, prefaceMs) / 4)).unref();
  }

  #sweep(): void {
    const nowMs = performance.now();
    const { idleMs, prefaceMs } = this.#limits;
    for (const [socket, { session, sinceMs }] of this.#open) {
      if (session === null || !session.hasSettings) {
        if (nowMs - sinceMs >= prefaceMs) socket.destroy();
        continue;
      }
      if (session.streams > 0) continue;
      const stillMs = nowMs - session.idleSinceMs;
      if (stillMs >= idleMs + prefaceMs)
        session.destroy(); // it did not close when it was asked to
      else if (stillMs >= idleMs && !session.isEnding) session.end();
    }
  }
}

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

const isSecure = (door: Server): door is TlsServer => 'setSecureContext' in door;
