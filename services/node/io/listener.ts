import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { ConnectionInjector, Server } from '@grpc/grpc-js';
import { ServerCredentials } from '@grpc/grpc-js';
import { GatedSocket } from './gated-socket.ts';
import type { StreamWatch } from './stream-watch.ts';

export interface ListenerOptions {
  readonly server: Server;
  readonly host: string;
  readonly port: number;
  /** Further ports, for callers over other paths. */
  readonly alsoPorts?: readonly number[];
  /** Whose streams are watched. */
  readonly streams: StreamWatch;
  /** Whether connections can be held, which makes sockets slower. */
  readonly isGated: boolean;
  /** Whether a connection to that address of this machine is accepted; all are without it. */
  readonly takes?: (localAddress: string | undefined) => boolean;
}

/** Accepts the connections of a gRPC server and keeps track of them: grpc-js gives no access to those it accepts itself. */
export class Listener {
  /** One a port. */
  readonly #listening: readonly NetServer[];
  readonly #injector: ConnectionInjector;
  readonly #options: ListenerOptions;
  readonly #gates = new Set<GatedSocket>();
  #isHeld = false;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#injector = options.server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listening = portsOf(options).map(() => {
      const server = createServer({ noDelay: true }, (socket) => this.#take(socket));
      server.maxConnections = MAX_CONNECTIONS;
      return server;
    });
  }

  /** Rejects with one line when it cannot have a port; then it has none. */
  static async listen(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    const ports = portsOf(options);
    try {
      await Promise.all(listener.#listening.map((server, index) => listening(server, options.host, ports[index]!)));
      return listener;
    } catch (error) {
      for (const server of listener.#listening) server.close();
      throw error;
    }
  }

  get port(): number {
    const address = this.#listening[0]!.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Stops every connection, open or new, until `release`. */
  hold(): void {
    this.#isHeld = true;
    for (const gate of this.#gates) gate.hold();
  }

  release(): void {
    this.#isHeld = false;
    for (const gate of this.#gates) gate.release();
  }

  /** Sends GOAWAY over every open connection, which closes when its calls have ended. */
  goAway(): void {
    this.#injector.drain(NEVER_MS);
  }

  /** Accepts no more connections; resolves when the last has closed, which is up to the server. */
  async close(): Promise<void> {
    this.release();
    await Promise.all(this.#listening.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #take(socket: Socket): void {
    socket.on('error', () => {}); // a peer may be gone before anyone else listens
    const { streams, isGated, takes } = this.#options;
    if (takes?.(socket.localAddress) === false) {
      socket.destroy();
      return;
    }
    if (!isGated) {
      streams.watch(() => this.#injector.injectConnection(socket));
      return;
    }
    const gate = new GatedSocket(socket, this.#isHeld);
    this.#gates.add(gate);
    socket.on('close', () => this.#gates.delete(gate));
    streams.watch(() => this.#injector.injectConnection(gate));
  }
}

const portsOf = ({ port, alsoPorts = [] }: ListenerOptions): readonly number[] => [port, ...alsoPorts];

const listening = (server: NetServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(new Error(inUse ? `port ${port} is in use` : `cannot listen on ${host}:${port}: ${error.message}`));
    });
    server.listen(port, host, resolve);
  });

/** Of each port: routers, and people with a client. More connections would take memory that the node needs. */
const MAX_CONNECTIONS = 1024;

/** The longest wait of a Node timer, 24 days. `drain` destroys what is open then, including new connections. */
const NEVER_MS = 2 ** 31 - 1;
