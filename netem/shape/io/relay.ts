import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { RngSource } from '../../../core/random/rng.ts';
import { Histogram } from '../../../core/stats/histogram.ts';
import type { Clock, Ms } from '../../../core/time/clock.ts';
import { LinkEmulator } from '../../link/link-emulator.ts';
import type { LinkModel } from '../../link/link-model.ts';

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
  /** What the relay itself adds one way (see `measureRelayOverheadMs`): chunks leave this much before they are due. */
  readonly overheadMs: Ms;
}

/**
 * Stands between two ends of TCP connections on the loopback and plays a path on the bytes: no root, no kernel module.
 * All connections share the two directions of the path, its rate among them.
 *
 * Memory is bounded: a direction reads no more while it holds `MAX_QUEUED_BYTES`, be it in flight or because the
 * reader at the far end stalls; TCP then pushes back on the sender.
 */
export class Relay {
  /** How long after it was due each chunk was written, in microseconds. */
  readonly lateness = new Histogram();
  readonly #options: RelayOptions;
  readonly #forward: LinkEmulator;
  readonly #back: LinkEmulator;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#forward = emulator(options, 'forward');
    this.#back = emulator(options, 'back');
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Listens on 127.0.0.1; resolves once connections are accepted. */
  static async listen(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject);
      relay.#server.listen(options.listenPort, '127.0.0.1', resolve);
    });
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes the port and every connection at once. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket): void {
    const far = connect({ port: this.#options.targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
    this.#pump(near, far, this.#forward);
    this.#pump(far, near, this.#back);
  }

  #pump(from: Socket, to: Socket, link: LinkEmulator): void {
    const readOnIfRoom = (): void => {
      if (from.isPaused() && link.queuedBytes + to.writableLength < MAX_QUEUED_BYTES) from.resume();
    };
    from.on('data', (chunk) => {
      link.send(chunk.length, (dueMs) => {
        this.lateness.record((this.#options.clock.now() - dueMs) * 1000);
        to.write(chunk);
        readOnIfRoom();
      });
      if (link.queuedBytes + to.writableLength >= MAX_QUEUED_BYTES) from.pause();
    });
    to.on('drain', readOnIfRoom);
    // The end of a connection crosses the path like its bytes do.
    from.on('end', () => link.send(0, () => to.end()));
    from.on('error', () => link.send(0, () => to.destroy()));
    from.on('close', () => link.send(0, () => to.destroySoon()));
  }
}

const emulator = (options: RelayOptions, direction: 'forward' | 'back'): LinkEmulator => {
  const name = `${options.name}/${direction}`;
  const { clock, rng, overheadMs } = options;
  return new LinkEmulator({ name, link: options[direction], clock, rng: rng(`link/${name}`), earlyMs: overheadMs });
};

/** Well above bandwidth times delay of the widest path: 200 Mbit/s for 100 ms is 2.5 MB. */
const MAX_QUEUED_BYTES = 8 << 20;
