import { Generations } from './generations.ts';

/**
 * What blocks were decoded to, by their bytes, for a connection on which each block stands alone: its peer has acknowledged a table
 * size of 0. A block that is known costs its hash and a comparison, and allocates nothing.
 */
export class DecodedBlocks<Value> {
  readonly #blocks: Generations<number, Entry<Value>>;

  /** `maxBytes` bounds the blocks and what `bytesOf` says of their values. */
  constructor(maxBytes: number) {
    this.#blocks = new Generations(maxBytes);
  }

  find(block: Buffer, from: number, to: number): Value | undefined {
    const entry = this.#blocks.find(hashOf(block, from, to));
    if (entry === undefined || block.compare(entry.block, 0, entry.block.length, from, to) !== 0) return undefined;
    return entry.value;
  }

  /** Keeps a value of about `bytes`; of two blocks with one hash the later stays. */
  keep(block: Buffer, from: number, to: number, value: Value, bytes: number): void {
    const own = Buffer.from(block.subarray(from, to));
    this.#blocks.keep(hashOf(block, from, to), { block: own, value }, own.length + bytes);
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }
}

interface Entry<Value> {
  readonly block: Buffer;
  readonly value: Value;
}

/** FNV-1a, in 31 bits. */
const hashOf = (block: Buffer, from: number, to: number): number => {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ block[at]!, 0x01000193);
  return hash >>> 1;
};
