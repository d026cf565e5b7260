import { connect, type Socket } from 'node:net';
import type { EventSink } from '../../../../core/event/event.ts';
import type { Ms } from '../../../../core/time/clock.ts';
import { probeMessage, probeReader } from '../probe-message.ts';

export interface ProberOptions {
  /** Where the probes of each path enter it; at its other end an `Echo` sends them back. */
  readonly paths: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  /** From one probe of a path to the next, in whole milliseconds. No divisor of the steps of links, so that it meets all of them. */
  readonly everyMs: Ms;
  /** One event for each answer. */
  readonly emit: EventSink;
}

/**
 * Measures round trips beside a run: a connection of its own for each path, and a message of four bytes each `everyMs`,
 * whether the last was answered or not. Both readings are of one clock. What is not answered is not in the log.
 */
export class Prober {
  readonly #options: ProberOptions;
  readonly #sockets: ReadonlyMap<string, Socket>;
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(options: ProberOptions, sockets: ReadonlyMap<string, Socket>) {
    this.#options = options;
    this.#sockets = sockets;
  }

  /** Connects to every path; rejects when one refuses. Sends nothing until `begin`. */
  static async connect(options: ProberOptions): Promise<Prober> {
    const sockets = await Promise.all(
      Object.entries(options.paths).map(async ([path, address]) => [path, await connected(address)] as const),
    );
    return new Prober(options, new Map(sockets));
  }

  /** Probes from now on; the instants in the log count from `startUnixMs`, and none is before it. */
  begin(startUnixMs: number): void {
    const { everyMs } = this.#options;
    const offsetMs = performance.timeOrigin - startUnixMs; // as `SystemClock` reads the time, but without its thread
    let index = 0;
    for (const [path, socket] of this.#sockets) {
      const probe = this.#probe(path, socket, () => performance.now() + offsetMs);
      // Spread over the interval: probes of two paths do not wait for each other.
      const firstMs = Math.max(0, -offsetMs - performance.now()) + (everyMs * index++) / this.#sockets.size;
      this.#timers.push(setTimeout(() => this.#timers.push(setInterval(probe, everyMs).unref()), firstMs).unref());
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #probe(path: string, socket: Socket, now: () => Ms): () => void {
    const sentAtMs = new Map<number, Ms>();
    let count = 0;
    const read = probeReader((number) => {
      const nowMs = now();
      const atMs = sentAtMs.get(number);
      sentAtMs.delete(number);
      if (atMs !== undefined) this.#options.emit({ kind: 'probe', atMs, path, rttMs: nowMs - atMs });
    });
    socket.on('data', read);
    return () => {
      const message = probeMessage(++count);
      sentAtMs.set(count, now());
      socket.write(message);
    };
  }
}

const connected = (address: { readonly host: string; readonly port: number }): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.on('error', () => {}); // a path that is gone is missed by its probes, not by the run
      resolve(socket);
    });
  });
