/** A field block that comes in HEADERS and CONTINUATION frames, in a buffer that is used again for the next one. */
export class FieldBlock {
  readonly #maxBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  /** Its stream, 0 while no block is unfinished. */
  stream = 0;
  /** Whether its stream ends with it. */
  isLast = false;
  /** How many CONTINUATION frames it has. */
  continuations = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The fragments so far; they hold until the next one. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  begin(stream: number, isLast: boolean): void {
    this.stream = stream;
    this.isLast = isLast;
    this.continuations = 0;
    this.#length = 0;
  }

  /** Adds a fragment. Returns false for a block that is longer than it may be. */
  add(bytes: Buffer, from: number, to: number): boolean {
    const length = this.#length + to - from;
    if (length > this.#maxBytes) return false;
    if (this.#bytes.length < length) this.#bytes = grown(this.#bytes, this.#length, length);
    bytes.copy(this.#bytes, this.#length, from, to);
    this.#length = length;
    return true;
  }
}

/** A larger buffer with the same begin. */
export const grown = (buffer: Buffer, kept: number, needed: number): Buffer => {
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * buffer.length, 1024));
  buffer.copy(larger, 0, 0, kept);
  return larger;
};
