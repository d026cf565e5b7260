// Hot path: a socket that has a buffer to read into makes none for each read, nor an event.
import type { OnReadOpts } from 'node:net';

/** As much as Node.js reads at once. */
const BYTES = Buffer.allocUnsafeSlow(64 << 10);

/** What a socket to a node reads, told as it comes. The bytes hold during the call: all such sockets read into one buffer, in turn. */
export class SocketReading {
  /** Whoever listens sets it before anything comes. */
  onBytes: (bytes: Buffer, to: number) => void = () => {};

  readonly options: OnReadOpts = {
    buffer: BYTES,
    callback: (count) => {
      this.onBytes(BYTES, count);
      return true;
    },
  };
}
