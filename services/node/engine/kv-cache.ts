/** Tokens of context a block of the KV cache holds. */
export const BLOCK_TOKENS = 16;

/** What holds blocks: a sequence. Only the cache writes to it. */
export interface BlockHolder {
  blocks: number;
}

const blocksFor = (tokens: number): number => Math.ceil(tokens / BLOCK_TOKENS);

/**
 * The KV cache as counts of blocks: what is held and what is free always add up to the whole.
 *
 * Callers name the holder, never a block, so that block identities and shared prefixes can come in behind this door.
 * Hot path: called once a sequence and step.
 */
export class KvCache {
  readonly blocks: number;
  #free: number;

  constructor(tokens: number) {
    this.blocks = Math.floor(tokens / BLOCK_TOKENS);
    this.#free = this.blocks;
  }

  get freeBlocks(): number {
    return this.#free;
  }

  /** Used share, 0 to 1. */
  get usage(): number {
    return 1 - this.#free / this.blocks;
  }

  /** Whether a sequence of `tokens` fits into the cache when nothing else is in it. */
  canEverHold(tokens: number): boolean {
    return tokens <= this.blocks * BLOCK_TOKENS;
  }

  /** Whether a holder could grow to `tokens` now. */
  canGrow(holder: BlockHolder, tokens: number): boolean {
    return tokens <= (holder.blocks + this.#free) * BLOCK_TOKENS;
  }

  /** Lets the holder grow to `tokens`, or changes nothing and returns false. */
  grow(holder: BlockHolder, tokens: number): boolean {
    if (tokens <= holder.blocks * BLOCK_TOKENS) return true;
    if (!this.canGrow(holder, tokens)) return false;
    const wanted = blocksFor(tokens);
    this.#free -= wanted - holder.blocks;
    holder.blocks = wanted;
    return true;
  }

  release(holder: BlockHolder): void {
    this.#free += holder.blocks;
    holder.blocks = 0;
  }
}
