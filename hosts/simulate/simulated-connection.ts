import type { ConnectedPath } from './crossing.ts';
import { TCP_BYTES } from './wire-size.ts';

/** Hears whether there is a connection to an endpoint. */
interface Availability {
  setAvailable(endpoint: number, isAvailable: boolean): void;
}

/**
 * The router's connection to one endpoint, as far as faults end it: it is up at first. What happens at the node's end reaches the
 * router over the path, and a new connection takes a round trip; how long a live router waits before it tries again is left out.
 */
export class Connection {
  readonly #endpoint: number;
  readonly #router: Availability;
  readonly #path: ConnectedPath;
  /** Faults that keep it down: it is up again when none is left. */
  #losses = 0;

  constructor(endpoint: number, parts: { readonly router: Availability; readonly path: ConnectedPath }) {
    this.#endpoint = endpoint;
    this.#router = parts.router;
    this.#path = parts.path;
  }

  get isUp(): boolean {
    return this.#losses === 0;
  }

  /** The node ended it: the router hears of it when a packet has crossed the path. */
  loseAtNode(): void {
    this.#path.connection.back.send(TCP_BYTES, () => this.lose());
  }

  /** The router knows at once. */
  lose(): void {
    this.#losses++;
    this.#router.setAvailable(this.#endpoint, false);
  }

  /** The other end takes connections again: there is one after a round trip. */
  restore(): void {
    this.#path.connect(() => this.#restored());
  }

  /** The node asks for a new connection (GOAWAY): what is open on the old one goes on. */
  renew(): void {
    this.#path.connection.back.send(TCP_BYTES, () => {
      this.lose();
      this.restore();
    });
  }

  #restored(): void {
    this.#losses--;
    if (this.isUp) this.#router.setAvailable(this.#endpoint, true);
  }
}
