// Hot path: a request takes one from the free list, and a short body is copied into bytes that it has already.
import { keptPiece } from './held-bytes.ts';

/** What has come of the body of a request, for another attempt. */
export class KeptBody {
  /** Where a short body is: made with the first one. */
  #short: Buffer | null = null;
  #shortBytes = 0;
  readonly #pieces: Buffer[] = [];

  /** One that nobody uses. */
  static take(): KeptBody {
    return free.pop() ?? new KeptBody();
  }

  /** Nobody uses it any more, nor what `pieces` gave. */
  release(): void {
    this.#shortBytes = 0;
    this.#pieces.length = 0;
    if (free.length < MOST_FREE) free.push(this);
  }

  add(bytes: Buffer, from: number, to: number): void {
    if (this.#pieces.length > 0 || this.#shortBytes + to - from > SHORT_BYTES) {
      this.#pieces.push(keptPiece(bytes, from, to));
      return;
    }
    this.#short ??= Buffer.allocUnsafeSlow(SHORT_BYTES);
    this.#shortBytes += bytes.copy(this.#short, this.#shortBytes, from, to);
  }

  /** The whole of it, in pieces that stay as they are. */
  pieces(): readonly Buffer[] {
    if (this.#short === null || this.#shortBytes === 0) return this.#pieces;
    return [Buffer.from(this.#short.subarray(0, this.#shortBytes)), ...this.#pieces];
  }
}

const free: KeptBody[] = [];

const MOST_FREE = 1024;

/** Most requests are shorter; each open one that has not begun to be answered takes so much. */
const SHORT_BYTES = 512;
