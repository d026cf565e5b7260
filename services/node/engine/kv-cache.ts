import { FreeBlocks } from './free-blocks.ts';

/** Tokens of context in a block of the KV cache. */
export const BLOCK_TOKENS = 16;

/** Something that holds blocks: a sequence. Only the cache writes to it. */
export interface BlockHolder {
  /** Hashes of its first blocks, which can be found again: by other holders (see `prefixHashes`), or by itself (see `park`). */
  prefix: Float64Array;
  /** The blocks of its prefix that it holds, in the order of its tokens. */
  table: number[];
  /** How many blocks it holds behind those. Nobody else can ever find them, so they are only counted. */
  ownBlocks: number;
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
 * Hot path: a holder grows once a step, and takes a block every sixteenth time. Blocks that nobody can share have no identity, so a
 * holder without a prefix costs two numbers, and a forecast copies a cache of such holders at once.
 */
export class KvCache {
  readonly blocks: number;
  readonly #isCaching: boolean;
  readonly #free: FreeBlocks;
  /** By block: how many hold it, and the hash of the prefix that ends with it; 0 when it cannot be found by hash. */
  readonly #references: number[] = [];
  readonly #content: number[] = [];
  /** Blocks by the hash in `#content`. */
  readonly #shared = new Map<number, number>();
  /** Content of the next block that only its holder knows. Hashes of prefixes are whole numbers, so these never meet them. */
  #ownContent = 0.5;
  /** Numbers of blocks that are neither held nor found by hash. */
  readonly #unused: number[] = [];

  /** Without caching, free blocks are empty, and no prefix is ever shared. */
  constructor(tokens: number, isCaching = true, free = new FreeBlocks(Math.floor(tokens / BLOCK_TOKENS))) {
    this.blocks = Math.floor(tokens / BLOCK_TOKENS);
    this.#free = free;
    this.#isCaching = isCaching;
  }

  get freeBlocks(): number {
    return this.#free.count;
  }

  /** Used share, 0 to 1. */
  get usage(): number {
    return 1 - this.#free.count / this.blocks;
  }

  /** Lets the holder grow to `tokens` and returns true. If blocks are missing, it changes nothing and returns false. */
  grow(holder: BlockHolder, tokens: number): boolean {
    const held = blocksOf(holder);
    if (tokens > held * BLOCK_TOKENS) {
      const wanted = Math.ceil(tokens / BLOCK_TOKENS) - held;
      if (wanted > this.#free.count) return false;
      this.#take(holder, wanted);
    }
    if (holder.published < this.#shareable(holder)) this.#publish(holder, tokens);
    return true;
  }

  /** Gives it the blocks of `tokens`, which must be free; nobody finds them before it grows. */
  hold(holder: BlockHolder, tokens: number): void {
    this.#take(holder, Math.ceil(tokens / BLOCK_TOKENS) - blocksOf(holder));
  }

  /** How many tokens more than `tokens`, to which it has grown, a holder can have before `grow` has anything to do for it. */
  roomOf(holder: BlockHolder, tokens: number): number {
    const most = blocksOf(holder) * BLOCK_TOKENS;
    // A block of its prefix that becomes full can be found from then on.
    return (holder.published < this.#shareable(holder) ? Math.min(most, nextFull(tokens) - 1) : most) - tokens;
  }

  /**
   * Gives an empty holder the cached blocks of its prefix, and returns how many tokens these are. At least one of the first
   * `knownTokens` is left out, because it must be computed to go on. If the rest of `knownTokens` would not fit, it gives
   * nothing and returns -1.
   */
  reuse(holder: BlockHolder, knownTokens: number): number {
    const { prefix, table } = holder;
    const most = Math.min(this.#shareable(holder), Math.floor((knownTokens - 1) / BLOCK_TOKENS));
    let fromFree = 0;
    while (table.length < most) {
      const block = this.#shared.get(prefix[table.length]!);
      if (block === undefined) break;
      if (this.#references[block] === 0) fromFree++;
      table.push(block);
    }
    if (Math.ceil(knownTokens / BLOCK_TOKENS) - table.length + fromFree > this.#free.count) {
      table.length = 0;
      return -1;
    }
    for (const block of table) {
      if (this.#references[block] === 0) this.#free.remove(block);
      this.#references[block]!++;
    }
    holder.published = table.length;
    return table.length * BLOCK_TOKENS;
  }

  release(holder: BlockHolder): void {
    const { table } = holder;
    this.#free.appendEmpty(holder.ownBlocks);
    holder.ownBlocks = 0;
    if (table.length === 0) return;
    for (let index = table.length - 1; index >= 0; index--) {
      const block = table[index]!;
      if (--this.#references[block]! > 0) continue;
      if (this.#content[block]! > 0) this.#free.append(block);
      else {
        this.#free.appendEmpty(1);
        this.#unused.push(block);
      }
    }
    table.length = 0;
    holder.published = 0;
  }

  /**
   * Releases a holder that comes back for its first `tokens`. Until somebody takes them, it finds its full blocks again, like any
   * cached block. So from now on all of them have a hash.
   */
  park(holder: BlockHolder, tokens: number): void {
    const full = Math.floor(tokens / BLOCK_TOKENS);
    if (this.#isCaching && full > holder.prefix.length) {
      const prefix = new Float64Array(full);
      prefix.set(holder.prefix);
      for (let block = holder.prefix.length; block < full; block++) prefix[block] = this.#ownContent++;
      holder.prefix = prefix;
      for (; holder.table.length < full; holder.ownBlocks--) holder.table.push(this.#named());
      this.#publish(holder, tokens);
    }
    this.release(holder);
  }

  /** A copy with the same free and held blocks, for copies of the holders. */
  copy(): KvCache {
    const copy = new KvCache(this.blocks * BLOCK_TOKENS, this.#isCaching, this.#free.copy());
    for (const references of this.#references) copy.#references.push(references);
    for (const content of this.#content) copy.#content.push(content);
    for (const [content, block] of this.#shared) copy.#shared.set(content, block);
    for (const block of this.#unused) copy.#unused.push(block);
    copy.#ownContent = this.#ownContent;
    return copy;
  }

  /** How many of its first blocks others may find. */
  #shareable({ prefix }: BlockHolder): number {
    return this.#isCaching ? prefix.length : 0;
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

  /** Gives it `count` of the free blocks, those of its prefix first. */
  #take(holder: BlockHolder, count: number): void {
    for (let left = count; left > 0; ) {
      const empty = this.#free.takeEmpty(left);
      if (empty === 0) this.#forget(this.#free.takeFirst());
      left -= Math.max(1, empty);
    }
    const named = Math.max(0, Math.min(count, this.#shareable(holder) - holder.table.length));
    for (let left = named; left > 0; left--) holder.table.push(this.#named());
    holder.ownBlocks += count - named;
  }

  #forget(block: number): void {
    this.#shared.delete(this.#content[block]!);
    this.#unused.push(block);
  }

  /** The number of an empty block, held once. */
  #named(): number {
    const block = this.#unused.pop() ?? this.#content.length;
    this.#references[block] = 1;
    this.#content[block] = 0;
    return block;
  }
}

const nextFull = (tokens: number): number => (Math.floor(tokens / BLOCK_TOKENS) + 1) * BLOCK_TOKENS;

/** How many blocks it holds. */
export const blocksOf = ({ table, ownBlocks }: BlockHolder): number => table.length + ownBlocks;
