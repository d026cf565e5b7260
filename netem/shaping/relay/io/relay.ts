import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { RngSource } from '../../../../core/random/rng.ts';
import { Histogram } from '../../../../core/stats/histogram.ts';
import type { Clock, Ms } from '../../../../core/time/clock.ts';
import { Lane, LinkEmulator } from '../../../links/model/link-emulator.ts';
import type { LinkModel } from '../../../links/model/link-model.ts';
import { type Pumped, RelayDirection } from './relay-direction.ts';
import { RelayMemory } from './relay-memory.ts';

export interface RelayOptions {
  /** The name of the path; its directions are `name/forward` and `name/back`. */
  readonly name: string;
  /** From the caller to the target, and back. */
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly clock: Clock;
  readonly rng: RngSource;
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
  /** The delay that the relay itself adds one way (see `measureRelayOverheadMs`): chunks leave this much earlier. */
  readonly overheadMs: Ms;
}

/**
 * Sits between two ends of TCP connections on the loopback and plays a path on the bytes: no root, no kernel module.
 * All connections share the two directions of the path, including its rate. Each keeps its own order: a loss on one of them
 * does not delay the others. Its memory is bounded (see `RelayDirection`), and so is the number of connections.
 */
export class Relay {
  /** How long after it was due each chunk was written, in microseconds. */
  readonly lateness = new Histogram();
  readonly #options: RelayOptions;
  readonly #forward: RelayDirection;
  readonly #back: RelayDirection;
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
    this.#forward = directionOf(options, 'forward', this.lateness, memory);
    this.#back = directionOf(options, 'back', this.lateness, memory);
    this.#stallMs = options.stallMs ?? STALL_MS;
    this.#sweeping = setInterval(() => this.#sweep(), this.#stallMs / 10).unref();
    const { targetPort, probe } = options;
    this.#server = this.#serverTo(targetPort, { losesNothing: false });
    this.#probeServer = probe === undefined ? null : this.#serverTo(probe.targetPort, { losesNothing: true });
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
    for (const { near, far } of this.#connections) for (const socket of [near, far]) socket.resetAndDestroy();
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

  #serverTo(port: number, lane: { readonly losesNothing: boolean }): Server {
    const { targetHost = LOOPBACK } = this.#options;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      if (this.#isCut) {
        near.resetAndDestroy();
        return;
      }
      const far = connect({ port, host: targetHost, allowHalfOpen: true, noDelay: true });
      const pumped = [this.#forward.pump(near, far, new Lane(lane)), this.#back.pump(far, near, new Lane(lane))];
      const connection = { near, far, pumped };
      this.#connections.add(connection);
      const forget = (): void => {
        if (near.closed && far.closed) this.#connections.delete(connection);
      };
      near.once('close', forget);
      far.once('close', forget);
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
      const isIdle = pumped.every((each) => each.isEmpty() && nowMs - each.lastCarriedMs() >= IDLE_MS);
      if (!isStalled && !isIdle) continue;
      if (isStalled) this.#cutOff++;
      near.destroy();
      far.destroy();
    }
  }
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  readonly pumped: readonly Pumped[];
}

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

const directionOf = (
  { clock, rng, overheadMs, ...options }: RelayOptions,
  direction: 'forward' | 'back',
  lateness: Histogram,
  memory: RelayMemory,
): RelayDirection => {
  const name = `${options.name}/${direction}`;
  const link = new LinkEmulator({ name, link: options[direction], clock, rng, earlyMs: overheadMs });
  return new RelayDirection({ link, clock, lateness, memory });
};
