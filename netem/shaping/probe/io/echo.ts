import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/**
 * Sends back what it gets: the far end of probes. It stops reading from a peer that does not read the answers, and closes
 * the connection of a peer that is silent, or does not read, for `IDLE_MS`: its memory is bounded.
 */
export class Echo {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('data', (bytes) => {
        if (!socket.write(bytes)) socket.pause();
      });
      socket.on('drain', () => socket.resume());
      socket.setTimeout(IDLE_MS, () => socket.destroy());
      socket.on('error', () => {}); // the prober is gone
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Resolves once connections are accepted; port 0 lets the system choose. */
  static async listen(address: { readonly host: string; readonly port: number }): Promise<Echo> {
    const echo = new Echo();
    await new Promise<void>((resolve, reject) => {
      echo.#server.once('error', reject);
      echo.#server.listen(address.port, address.host, resolve);
    });
    return echo;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Bytes that it holds because the peers have not read them. */
  get heldBytes(): number {
    return [...this.#sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A path that is planned to be down for longer loses its connection, and the prober makes another. */
const IDLE_MS = 300_000;

/** One for each path that ends here, and as many again for connections that were just replaced. */
const MOST_CONNECTIONS = 256;
