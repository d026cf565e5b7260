import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * A socket that can be held: then nothing comes in and nothing goes out, not even its end. Bytes in transit wait in
 * the kernel or with their writer. So no byte is lost, and little memory is used, however long the hold lasts.
 *
 * Every byte must then pass through JavaScript, which costs CPU, so only a node that may have faults uses it.
 */
export class GatedSocket extends Duplex {
  readonly #socket: Socket;
  #isHeld: boolean;
  readonly #waiting: (() => void)[] = [];

  constructor(socket: Socket, isHeld: boolean) {
    super();
    this.#socket = socket;
    this.#isHeld = isHeld;
    socket.on('data', (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    if (isHeld) socket.pause();
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    this.#isHeld = false;
    this.#socket.resume();
    for (const fn of this.#waiting.splice(0)) fn();
  }

  override _read(): void {
    if (!this.#isHeld) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#whenOpen(() => this.#socket.write(chunk, done));
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: Done): void {
    this.#whenOpen(() => {
      this.#socket.cork();
      for (const [index, { chunk }] of chunks.entries()) {
        if (index < chunks.length - 1) this.#socket.write(chunk);
        else this.#socket.write(chunk, done);
      }
      this.#socket.uncork();
    });
  }

  override _final(done: Done): void {
    this.#whenOpen(() => this.#socket.end(done));
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#whenOpen(() => this.#socket.destroy());
    done(error);
  }

  #whenOpen(fn: () => void): void {
    if (this.#isHeld) this.#waiting.push(fn);
    else fn();
  }
}
