/** Tokens of context in a block of the KV cache. */
export const BLOCK_TOKENS = 16;

/** Something that holds blocks: a sequence. Only the cache writes to it. */
export interface BlockHolder {
  /** Hashes of its first blocks, whose content other holders may share, see `prefixHashes`. */
  readonly prefix: Float64Array;
  /** The blocks it holds, in the order of its tokens. */
  table: number[];
  /** How many blocks of its prefix other holders can find. */
  published: number;
}

/**
 * The KV cache as blocks with reference counts. Held and free blocks always add up to the whole.
 *
 * A free block keeps its content until it is taken again. The block that was unused longest is taken first, and the end of
 * a sequence before its beginning. Until then `reuse` finds it by the chained hash of a prefix.
 * Source: automatic prefix caching of vLLM V1.
 *
 * Hot path: a holder grows once a step, and takes a block every sixteenth time. The typed arrays grow with use, because a
 * scenario has many caches and a forecast copies one.
 */
export class KvCache {
  readonly blocks: number;
  #free: number;
  /** Blocks from this number on were never used. */
  #fresh = 0;
  #references = new Int32Array(FIRST_CAPACITY);
  /** For each block, the hash of the prefix that ends with it; 0 when it cannot be found by hash. */
  #content = new Float64Array(FIRST_CAPACITY);
  /** The free blocks that were used before, as a ring with a sentinel at 0. The links of block b are at b + 1. */
  #next = new Int32Array(FIRST_CAPACITY + 1);
  #previous = new Int32Array(FIRST_CAPACITY + 1);
  /** Blocks by the hash in `#content`. */
  readonly #shared = new Map<number, number>();

  readonly #isCaching: boolean;

  /** Without caching, free blocks are empty, and no prefix is ever shared. */
  constructor(tokens: number, isCaching = true) {
    this.blocks = Math.floor(tokens / BLOCK_TOKENS);
    this.#free = this.blocks;
    this.#isCaching = isCaching;
  }

  get freeBlocks(): number {
    return this.#free;
  }

  /** Used share, 0 to 1. */
  get usage(): number {
    return 1 - this.#free / this.blocks;
  }

  /** Lets the holder grow to `tokens` and returns true. If blocks are missing, it changes nothing and returns false. */
  grow(holder: BlockHolder, tokens: number): boolean {
    const { table } = holder;
    if (tokens > table.length * BLOCK_TOKENS) {
      if (tokens > (table.length + this.#free) * BLOCK_TOKENS) return false;
      for (let wanted = Math.ceil(tokens / BLOCK_TOKENS) - table.length; wanted > 0; wanted--) {
        table.push(this.#take());
      }
    }
    if (holder.published < holder.prefix.length) this.#publish(holder, tokens);
    return true;
  }

  /**
   * Gives an empty holder the cached blocks of its prefix, and returns how many tokens these are. At least one of the first
   * `knownTokens` is left out, because it must be computed to go on. If the rest of `knownTokens` would not fit, it gives
   * nothing and returns -1.
   */
  reuse(holder: BlockHolder, knownTokens: number): number {
    const { prefix, table } = holder;
    const most = this.#isCaching ? Math.min(prefix.length, Math.floor((knownTokens - 1) / BLOCK_TOKENS)) : 0;
    let fromFree = 0;
    while (table.length < most) {
      const block = this.#shared.get(prefix[table.length]!);
      if (block === undefined) break;
      if (this.#references[block] === 0) fromFree++;
      table.push(block);
    }
    if (Math.ceil(knownTokens / BLOCK_TOKENS) - table.length + fromFree > this.#free) {
      table.length = 0;
      return -1;
    }
    for (const block of table) this.#hold(block);
    holder.published = table.length;
    return table.length * BLOCK_TOKENS;
  }

  release(holder: BlockHolder): void {
    const { table } = holder;
    for (let index = table.length - 1; index >= 0; index--) {
      const block = table[index]!;
      const references = this.#references[block]! - 1;
      this.#references[block] = references;
      if (references === 0) this.#append(block);
    }
    table.length = 0;
    holder.published = 0;
  }

  /** A copy with the same free and held blocks, for copies of the holders. */
  copy(): KvCache {
    const copy = new KvCache(this.blocks * BLOCK_TOKENS, this.#isCaching);
    copy.#free = this.#free;
    copy.#fresh = this.#fresh;
    copy.#references = this.#references.slice();
    copy.#content = this.#content.slice();
    copy.#next = this.#next.slice();
    copy.#previous = this.#previous.slice();
    for (const [content, block] of this.#shared) copy.#shared.set(content, block);
    return copy;
  }

  #publish(holder: BlockHolder, tokens: number): void {
    const full = Math.min(Math.floor(tokens / BLOCK_TOKENS), holder.prefix.length);
    for (; holder.published < full; holder.published++) {
      const content = holder.prefix[holder.published]!;
      if (this.#shared.has(content)) continue; // two sequences computed it at the same time; one copy can be found
      const block = holder.table[holder.published]!;
      this.#content[block] = content;
      this.#shared.set(content, block);
    }
  }

  #take(): number {
    this.#free--;
    if (this.#fresh < this.blocks) return this.#takeFresh();
    const block = this.#next[0]! - 1;
    this.#unlink(block);
    this.#references[block] = 1;
    const content = this.#content[block]!;
    if (content > 0) {
      this.#content[block] = 0;
      this.#shared.delete(content);
    }
    return block;
  }

  #takeFresh(): number {
    const block = this.#fresh++;
    if (block >= this.#content.length) {
      this.#references = grown(this.#references, new Int32Array(2 * block));
      this.#content = grown(this.#content, new Float64Array(2 * block));
      this.#next = grown(this.#next, new Int32Array(2 * block + 1));
      this.#previous = grown(this.#previous, new Int32Array(2 * block + 1));
    }
    this.#references[block] = 1;
    return block;
  }

  #hold(block: number): void {
    if (this.#references[block] === 0) {
      this.#unlink(block);
      this.#free--;
    }
    this.#references[block] = this.#references[block]! + 1;
  }

  #append(block: number): void {
    const link = block + 1;
    const last = this.#previous[0]!;
    this.#next[last] = link;
    this.#previous[link] = last;
    this.#next[link] = 0;
    this.#previous[0] = link;
    this.#free++;
  }

  #unlink(block: number): void {
    const link = block + 1;
    const [next, previous] = [this.#next[link]!, this.#previous[link]!];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }
}

const FIRST_CAPACITY = 256;

const grown = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
  to.set(from);
  return to;
};
