import { hashOfBytes } from './bytes-hash.ts';
import { Generations } from './generations.ts';

/**
 * What blocks were decoded to, by their bytes, for a connection on which each block stands alone: its peer has acknowledged a table
 * size of 0. A block that is known costs its hash and a comparison, and allocates nothing.
 */
export class DecodedBlocks<Value> {
  readonly #blocks: Generations<number, Entry<Value>>;
  /** Hashes of blocks that came, each in its place. */
  readonly #met = new Int32Array(1024);

  /** `maxBytes` bounds the blocks and what `bytesOf` says of their values. */
  constructor(maxBytes: number) {
    this.#blocks = new Generations(maxBytes);
  }

  /**
   * Notes that a block has come. Returns whether it had come before: others are not worth keeping, as blocks with the number of a
   * request in them never come again.
   */
  hasMet(block: Buffer, from: number, to: number): boolean {
    const hash = hashOfBytes(block, from, to);
    const place = hash & (this.#met.length - 1);
    if (this.#met[place] === hash) return true;
    this.#met[place] = hash;
    return false;
  }

  find(block: Buffer, from: number, to: number): Value | undefined {
    const entry = this.#blocks.find(hashOfBytes(block, from, to));
    if (entry === undefined || block.compare(entry.block, 0, entry.block.length, from, to) !== 0) return undefined;
    return entry.value;
  }

  /** Keeps a value of about `bytes`; of two blocks with one hash the later stays. */
  keep(block: Buffer, from: number, to: number, value: Value, bytes: number): void {
    const own = Buffer.from(block.subarray(from, to));
    this.#blocks.keep(hashOfBytes(block, from, to), { block: own, value }, own.length + bytes);
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }
}

interface Entry<Value> {
  readonly block: Buffer;
  readonly value: Value;
}
