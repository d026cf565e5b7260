import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Sends back what it gets: the far end of probes. */
export class Echo {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('error', () => {}); // whoever probed is gone
      socket.once('close', () => this.#sockets.delete(socket));
    });
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

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
