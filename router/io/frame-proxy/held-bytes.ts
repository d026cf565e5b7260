import type { FrameSession } from './frame-session.ts';
import type { HeldAccount } from './held-budget.ts';

/** Bytes of a body that wait for a window, or for a connection. */
export class HeldBytes {
  /** Null until something had to wait: mostly nothing has. */
  #pieces: Buffer[] | null = null;
  /** How much of the first piece has left. */
  #from = 0;
  #bytes = 0;
  readonly #account: HeldAccount;

  /** `account` is that of the client whose request it is. */
  constructor(account: HeldAccount) {
    this.#account = account;
  }

  get isEmpty(): boolean {
    return this.#pieces === null || this.#pieces.length === 0;
  }

  /** Keeps a piece, which nobody may change from now on. */
  add(piece: Buffer): void {
    this.#pieces ??= [];
    this.#pieces.push(piece);
    this.#count(piece.length);
  }

  clear(): void {
    this.#pieces = null;
    this.#from = 0;
    if (this.#bytes > 0) this.#count(-this.#bytes);
  }

  /** Sends as much as the windows allow. Returns how many bytes that was; nothing is left for a stream that is over. */
  sendTo(session: FrameSession, stream: number): number {
    const pieces = this.#pieces;
    if (pieces === null) return 0;
    let total = 0;
    let done = 0;
    while (done < pieces.length) {
      const piece = pieces[done]!;
      const sent = session.sendData(stream, piece, this.#from, piece.length, false);
      if (sent < 0) {
        this.clear();
        return total;
      }
      this.#count(-sent);
      total += sent;
      this.#from += sent;
      if (this.#from < piece.length) break;
      this.#from = 0;
      done++;
    }
    pieces.splice(0, done);
    return total;
  }

  #count(more: number): void {
    this.#bytes += more;
    this.#account.add(more);
  }
}

/** A part of what a socket has read, to be kept. A small part of it is copied, so that it does not keep the whole. */
export const keptPiece = (bytes: Buffer, from: number, to: number): Buffer =>
  4 * (to - from) < bytes.length ? Buffer.from(bytes.subarray(from, to)) : bytes.subarray(from, to);
