// Hot path: a buffer that the socket has written is used again, also where that takes longer than the call.
import type { Socket } from 'node:net';
import type { Ms } from '../../../core/time/clock.ts';
import { FrameWriter } from '../../http2/frame-writer.ts';

/**
 * What a session writes to its socket. A peer that reads nothing for `stallMs`, although there is something to read, loses the
 * connection. `isPausable`: one that has much to read is not read itself.
 */
export class SocketWriting {
  readonly #socket: Socket;
  readonly #isPausable: boolean;
  readonly #stallMs: Ms;
  /** Runs while the socket holds what the peer does not read. */
  #stalling: NodeJS.Timeout | undefined;
  /** Buffers that the socket has, in the order of their writes. */
  readonly #lent: Buffer[] = [];
  /** The last write took longer than its call: to hear of the end of the next one pays, as for large ones. TLS always takes longer. */
  #isSlow = false;

  constructor(
    socket: Socket,
    { isPausable, stallMs = STALL_MS }: { readonly isPausable: boolean; readonly stallMs?: Ms },
  ) {
    this.#socket = socket;
    this.#isPausable = isPausable;
    this.#stallMs = stallMs;
  }

  /** Writes all of `output`, and empties it. Returns false where the socket is full: `drain` follows. */
  write(output: FrameWriter): boolean {
    const socket = this.#socket;
    const { written } = output;
    if (!this.#isSlow && written.length < LARGE_BYTES) {
      const hasRoom = socket.write(written);
      if (socket.writableLength === 0) {
        output.clear();
        return hasRoom;
      }
      output.leave();
      this.#onHeld();
      return hasRoom;
    }
    this.#lent.push(output.leave());
    const hasRoom = socket.write(written, this.#onWritten);
    if (socket.writableLength === 0) this.#isSlow = false;
    else this.#onHeld();
    return hasRoom;
  }

  /** The socket is closed, or about to. */
  end(): void {
    clearTimeout(this.#stalling);
  }

  readonly #onWritten = (error?: Error | null): void => {
    const buffer = this.#lent.shift()!;
    if (!error) FrameWriter.reuse(buffer); // else the system may still read it
  };

  #onHeld(): void {
    this.#isSlow = true;
    this.#stalling ??= this.#watch();
    if (this.#isPausable && this.#socket.writableLength >= MOST_UNREAD_BYTES) this.#socket.pause();
  }

  #watch(): NodeJS.Timeout {
    const socket = this.#socket;
    const left = socket.bytesWritten - socket.writableLength;
    return setTimeout(() => {
      this.#stalling = undefined;
      if (socket.writableLength === 0 || socket.destroyed) return;
      if (socket.bytesWritten - socket.writableLength === left) socket.destroy();
      else this.#stalling = this.#watch();
    }, this.#stallMs).unref();
  }
}

/** The system may not take so much at once. */
const LARGE_BYTES = 16 << 10;

/** A client that has so much to read is not read itself. */
const MOST_UNREAD_BYTES = 1 << 20;

/** An outage of some seconds must not end a connection. */
const STALL_MS: Ms = 60_000;
