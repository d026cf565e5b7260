import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { RngSource } from '../../../../core/random/rng.ts';
import { Histogram } from '../../../../core/stats/histogram.ts';
import type { Clock, Ms } from '../../../../core/time/clock.ts';
import { Lane, LinkEmulator } from '../../../links/model/link-emulator.ts';
import type { LinkModel } from '../../../links/model/link-model.ts';
import { RelayDirection } from './relay-direction.ts';

export interface RelayOptions {
  /** The name of the path; its directions are `name/forward` and `name/back`. */
  readonly name: string;
  /** From the one who connects to the target, and back. */
  readonly forward: LinkModel;
  readonly back: LinkModel;
  readonly clock: Clock;
  readonly rng: RngSource;
  readonly listenPort: number;
  readonly targetPort: number;
  /** Where it listens, and where its target is; 127.0.0.1 by default. */
  readonly listenHost?: string;
  readonly targetHost?: string;
  /** A second port, for probes: it leads over the same two links to an echo on the target's host, and is spared their loss. */
  readonly probe?: { readonly listenPort: number; readonly targetPort: number };
  /** What the relay itself adds one way (see `measureRelayOverheadMs`): chunks leave this much before they are due. */
  readonly overheadMs: Ms;
}

/**
 * Stands between two ends of TCP connections on the loopback and plays a path on the bytes: no root, no kernel module.
 * All connections share the two directions of the path, its rate among them. Each keeps its own order: what one of them
 * loses holds up no other. What it holds is bounded (see `RelayDirection`).
 */
export class Relay {
  /** How long after it was due each chunk was written, in microseconds. */
  readonly lateness = new Histogram();
  readonly #options: RelayOptions;
  readonly #forward: RelayDirection;
  readonly #back: RelayDirection;
  readonly #server: Server;
  readonly #probeServer: Server | null;
  readonly #sockets = new Set<Socket>();

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#forward = directionOf(options, 'forward', this.lateness);
    this.#back = directionOf(options, 'back', this.lateness);
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

  /** Closes the ports and every connection at once. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of [this.#server, this.#probeServer]) {
      if (server !== null) await new Promise((resolve) => server.close(resolve));
    }
  }

  #serverTo(port: number, lane: { readonly losesNothing: boolean }): Server {
    const { targetHost = LOOPBACK } = this.#options;
    return createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = connect({ port, host: targetHost, allowHalfOpen: true, noDelay: true });
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      }
      this.#forward.pump(near, far, new Lane(lane));
      this.#back.pump(far, near, new Lane(lane));
    });
  }
}

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
): RelayDirection => {
  const name = `${options.name}/${direction}`;
  const link = new LinkEmulator({ name, link: options[direction], clock, rng, earlyMs: overheadMs });
  return new RelayDirection({ link, clock, lateness });
};
