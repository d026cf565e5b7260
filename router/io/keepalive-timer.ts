import type { Ms } from '../../core/time/clock.ts';
import type { Keepalive } from './data-path.ts';

interface KeptAlive {
  /** How many bytes have come over the connection. */
  bytesRead(): number;
  /** Sends a PING; `onPong` is to be called at its answer. */
  ping(): void;
  /** The peer does not answer. */
  giveUp(): void;
}

/**
 * Asks a silent peer whether it is still there. A PING goes out after one, two and four intervals without a byte, and then each 60
 * intervals: servers of gRPC take two that come within five minutes without an answer of theirs in between, and end the connection at
 * the third. Source: gRFC A8, and the defaults of grpc-go, grpc-java and gRPC core.
 */
export class KeepaliveTimer {
  readonly #keepalive: Keepalive;
  readonly #peer: KeptAlive;
  #seenBytes = 0;
  /** Intervals in a row without a byte but those of answers to PING. */
  #silent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(keepalive: Keepalive, peer: KeptAlive) {
    this.#keepalive = keepalive;
    this.#peer = peer;
  }

  start(): void {
    this.#seenBytes = this.#peer.bytesRead();
    this.#after(this.#keepalive.everyMs, () => this.#look());
  }

  onPong(): void {
    this.start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const bytes = this.#peer.bytesRead();
    this.#silent = bytes === this.#seenBytes ? this.#silent + 1 : 0;
    if (isPingDue(this.#silent)) {
      this.#after(this.#keepalive.timeoutMs, () => this.#peer.giveUp());
      this.#peer.ping();
    } else this.start();
  }

  #after(ms: Ms, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms).unref();
  }
}

const isPingDue = (silent: number): boolean =>
  silent === 1 || silent === 2 || (silent >= 4 && (silent - 4) % LATER_INTERVALS === 0);

const LATER_INTERVALS = 60;
