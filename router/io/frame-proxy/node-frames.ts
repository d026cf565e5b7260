import { connect, isIP, type Socket } from 'node:net';
import type { Ms } from '../../../core/time/clock.ts';
import { http2Code } from '../../http2/http2-code.ts';
import type { NodeAddress } from '../address.ts';
import type { Keepalive } from '../data-path.ts';
import { Deadline } from '../deadline.ts';
import { KeepaliveTimer } from '../keepalive-timer.ts';
import { nodeTls } from '../node-tls.ts';
import type { ConnectionListener, NodeConnection } from '../upstream.ts';
import { FrameSession, type SessionOptions } from './frame-session.ts';
import { SocketReading } from './socket-reading.ts';
import type { StreamListener } from './stream-listener.ts';

interface NodeListener extends ConnectionListener<NodeFrames> {
  /** A stream is over: another may be opened. */
  onRoom(): void;
}

/**
 * One connection to an endpoint. It is ready once the peer's SETTINGS came: a relay in between accepts a socket before it
 * knows whether the node behind it runs. A peer whose machine vanished sends nothing: it is given up when it answers no ping.
 */
export class NodeFrames extends FrameSession implements NodeConnection {
  readonly #keepalive: KeepaliveTimer;
  readonly #listener: NodeListener;
  readonly #connecting: Deadline;
  readonly #isSecure: boolean;
  #readyAtMs: Ms | null = null;
  #resets = 0;
  #isRetired = false;
  #onClosedSocket: (() => void)[] = [];

  constructor(
    address: NodeAddress,
    keepalive: Keepalive,
    listener: NodeListener,
    shared: Omit<SessionOptions, 'socket'>,
  ) {
    const reading = new SocketReading();
    super('client', { ...shared, socket: socketTo(address, reading), reading });
    this.#isSecure = isOverTls(address);
    this.#keepalive = new KeepaliveTimer(keepalive, {
      bytesRead: () => this.bytesRead,
      ping: () => {
        this.connection.ping(ALIVE, 0);
        this.touch();
      },
      giveUp: () => this.cut(),
    });
    this.#listener = listener;
    this.#connecting = new Deadline(CONNECT_TIMEOUT_MS, () => this.cut());
  }

  get ageMs(): Ms {
    return this.#readyAtMs === null ? 0 : performance.now() - this.#readyAtMs;
  }

  get resets(): number {
    return this.#resets;
  }

  /** Opens a stream with a request; returns its number, or 0 where the peer takes no more now. */
  open(block: Buffer, isLast: boolean, listener: StreamListener, tail?: Buffer): number {
    if (this.isGone || this.#readyAtMs === null) return 0;
    const stream = this.connection.open(this.#isSecure ? overTls(block) : block, isLast, tail);
    if (stream > 0) this.listen(stream, listener);
    this.touch();
    return stream;
  }

  /** Ends a stream that nobody waits for any more. */
  cancel(stream: number): void {
    this.#resets++;
    this.reset(stream, http2Code.cancel);
  }

  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.onRoom();
  }

  destroy(): Promise<void> {
    const closed = this.isGone
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          this.#onClosedSocket.push(resolve);
        });
    this.cut();
    return closed;
  }

  onPong(): void {
    this.#keepalive.onPong();
  }

  onGoaway(): void {
    this.#listener.onGoaway(this);
  }

  protected onRequest(): void {} // a server opens no stream: pushes are off

  protected onSettings(): void {
    this.#connecting.clear();
    this.#readyAtMs = performance.now();
    this.#keepalive.start();
    this.#listener.onReady(this);
  }

  protected onRoom(): void {
    if (!this.#isRetired) this.#listener.onRoom();
    else if (this.streams === 0) {
      this.connection.goaway(http2Code.noError, '');
      this.endSoon();
    }
  }

  protected onGone(): void {
    this.#connecting.clear();
    this.#keepalive.stop();
    for (const resolve of this.#onClosedSocket.splice(0)) resolve();
    this.#listener.onClosed(this);
  }
}

const isOverTls = ({ tls }: NodeAddress): boolean => (tls ?? null) !== null;

const socketTo = (address: NodeAddress, reading: SocketReading): Socket => {
  const { host, port } = address;
  if (isOverTls(address)) return tlsSocketTo(address, reading);
  return connect({ host, port, noDelay: true, onread: reading.options });
};

const tlsSocketTo = ({ host, port, tls }: NodeAddress, reading: SocketReading): Socket => {
  const { serverName, ...rest } = tls ?? {};
  const servername = serverName ?? (isIP(host) === 0 ? host : undefined);
  const socket = nodeTls().connect({
    ...rest,
    host,
    port,
    ALPNProtocols: ['h2'],
    ...{ onread: reading.options }, // of tls.connect in the manual of Node.js, but not in its types
    ...(servername !== undefined && { servername }),
  });
  // HTTP/2 over TLS is agreed on by ALPN (RFC 9113 3.2): a server that did not may read it as anything.
  socket.once('secureConnect', () => {
    if (socket.alpnProtocol !== 'h2') socket.destroy();
  });
  return socket.setNoDelay(true);
};

/** A request whose scheme is https. Its block begins with the method and the scheme, each one byte of the static table. */
const overTls = (block: Buffer): Buffer => {
  const secure = Buffer.from(block);
  if (secure[SCHEME_AT] === SCHEME_HTTP) secure[SCHEME_AT] = SCHEME_HTTPS;
  return secure;
};

const SCHEME_AT = 1;
const SCHEME_HTTP = 0x86;
const SCHEME_HTTPS = 0x87;

const CONNECT_TIMEOUT_MS: Ms = 5000;

const ALIVE = Buffer.from('starlane');
