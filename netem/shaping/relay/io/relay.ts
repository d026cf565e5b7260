import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { Histogram } from '../../../../core/stats/histogram.ts';
import type { Cancel } from '../../../../core/time/clock.ts';
import { type TransportConfig, transportSchema } from '../../../links/transport/transport-schema.ts';
import { type Established, RelayedPath, type RelayedPathOptions } from '../relayed-path.ts';
import { type Pumped, RelayDirection } from './relay-direction.ts';
import { RelayMemory } from './relay-memory.ts';

export interface RelayOptions extends Omit<RelayedPathOptions, 'transport'> {
  /** What TCP does over the path; TCP of Linux by default. */
  readonly transport?: TransportConfig;
  readonly listenPort: number;
  readonly targetPort: number;
  /** Where it listens, and where its target is; 127.0.0.1 by default. */
  readonly listenHost?: string;
  readonly targetHost?: string;
  /** A second port, for probes: it leads over the same two links to an echo on the target's host, without their loss. */
  readonly probe?: { readonly listenPort: number; readonly targetPort: number };
  /** The memory of all relays of this process; one of its own by default. */
  readonly memory?: RelayMemory;
  /** Connections that may be open at once; more are refused. */
  readonly mostConnections?: number;
  /** How long a reader may read nothing of what waits for it, in milliseconds, before its connection is cut off. */
  readonly stallMs?: number;
  /** Called at the first connection that is refused. */
  readonly onRefused?: () => void;
}

/**
 * Sits between two ends of TCP connections on the loopback and plays a path on the bytes: no root, no kernel module.
 * All connections share the two directions of the path, its rate and its losses. Each has windows, timers and an order of its
 * own, those of TCP over that path: a loss on one of them does not delay the others. Its memory is bounded (see `RelayDirection`), and so is the number of connections.
 */
export class Relay {
  /** How long after it was due each chunk was written, in microseconds. */
  readonly lateness = new Histogram();
  readonly #options: RelayOptions;
  readonly #path: RelayedPath;
  readonly #direction: RelayDirection;
  readonly #server: Server;
  readonly #probeServer: Server | null;
  readonly #connections = new Set<Connection>();
  readonly #sweeping: NodeJS.Timeout;
  readonly #stallMs: number;
  #refused = 0;
  #cutOff = 0;
  #isCut = false;

  private constructor(options: RelayOptions) {
    this.#options = options;
    const memory = options.memory ?? new RelayMemory();
    this.#path = new RelayedPath({ ...options, transport: options.transport ?? transportSchema.parse({}) });
    this.#direction = new RelayDirection({ clock: options.clock, lateness: this.lateness, memory });
    this.#stallMs = options.stallMs ?? STALL_MS;
    this.#sweeping = setInterval(() => this.#sweep(), this.#stallMs / 10).unref();
    const { targetPort, probe } = options;
    this.#server = this.#serverTo(targetPort, (established) => this.#path.connect(established));
    this.#probeServer =
      probe === undefined
        ? null
        : this.#serverTo(probe.targetPort, (established) => this.#path.connectProbe(established));
  }

  /** Resolves once connections are accepted. */
  static async listen(options: RelayOptions): Promise<Relay> {
    const { listenHost = LOOPBACK, listenPort, probe } = options;
    const relay = new Relay(options);
    try {
      await listening(relay.#server, listenPort, listenHost);
      if (relay.#probeServer !== null) await listening(relay.#probeServer, probe!.listenPort, listenHost);
      return relay;
    } catch (error) {
      await relay.close();
      throw error;
    }
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Where probes enter; null without the option. */
  get probePort(): number | null {
    return (this.#probeServer?.address() as AddressInfo | undefined)?.port ?? null;
  }

  /** Connections that are open, that were refused at the limit, and that were cut off because their reader stalled. */
  get connections(): { readonly open: number; readonly refused: number; readonly cutOff: number } {
    return { open: this.#connections.size, refused: this.#refused, cutOff: this.#cutOff };
  }

  /** Resets every connection, and those that are made until `uncut`. */
  cut(): void {
    this.#isCut = true;
    for (const { near, far } of this.#connections) for (const socket of [near, far]) reset(socket);
  }

  uncut(): void {
    this.#isCut = false;
  }

  /** Closes the ports and every connection at once. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    for (const { near, far } of this.#connections) for (const socket of [near, far]) socket.destroy();
    for (const server of [this.#server, this.#probeServer]) {
      if (server !== null) await new Promise((resolve) => server.close(resolve));
    }
  }

  #serverTo(port: number, connect: (established: (connection: Established) => void) => Cancel): Server {
    const host = this.#options.targetHost ?? LOOPBACK;
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
      if (this.#isCut) {
        reset(near);
        return;
      }
      const far = new Socket({ allowHalfOpen: true });
      const connection: Connection = { near, far, pumped: [] };
      this.#connections.add(connection);
      const forget = (): void => {
        if (near.closed && (far.closed || connection.pumped.length === 0)) this.#connections.delete(connection);
      };
      near.once('close', forget);
      far.once('close', forget);
      for (const socket of [near, far]) socket.on('error', ignore);
      const cancel = connect(({ forward, back, acceptedAtMs }) => {
        if (near.destroyed) return;
        far.setNoDelay();
        this.#options.clock.at(acceptedAtMs, () => {
          if (!far.destroyed) far.connect({ port, host });
        });
        connection.pumped = [this.#direction.pump(near, far, forward), this.#direction.pump(far, near, back)];
        near.resume();
      });
      near.once('close', cancel);
    });
    server.maxConnections = this.#options.mostConnections ?? MOST_CONNECTIONS;
    server.on('drop', () => {
      if (this.#refused++ === 0) this.#options.onRefused?.();
    });
    return server;
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const { near, far, pumped } of this.#connections) {
      const isStalled = pumped.some((each) => nowMs - (each.unreadSinceMs() ?? nowMs) >= this.#stallMs);
      const isIdle =
        pumped.length > 0 && pumped.every((each) => each.isEmpty() && nowMs - each.lastCarriedMs() >= IDLE_MS);
      const isDead = pumped.some((each) => each.isDead());
      if (!isStalled && !isIdle && !isDead) continue;
      if (isStalled) this.#cutOff++;
      near.destroy();
      far.destroy();
    }
  }
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** Its two directions; none before both ends know of it. */
  pumped: readonly Pumped[];
}

const ignore = (): void => {};

/** A socket that never was connected has nobody to tell. */
const reset = (socket: Socket): void => void (socket.pending ? socket.destroy() : socket.resetAndDestroy());

/** Far above what the parts of a run open, so that only mistakes and abuse reach it. */
const MOST_CONNECTIONS = 1024;

/** A reader that stalls for this long has failed, and what waits for it keeps others from reading. */
const STALL_MS = 60_000;

/** Longer than any keep-alive of gRPC. */
const IDLE_MS = 900_000;

const LOOPBACK = '127.0.0.1';

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
