// Hot path: `blocksAt` reads typed arrays and allocates nothing; it follows a prompt once, however many nodes ask.

/**
 * Which nodes have probably cached how much of a prompt: for each block hash the nodes that its prompts were sent to. The router's own
 * guess, from its own choices: it does not hear what nodes evict, nor what other routers send them.
 *
 * It holds `capacity` blocks, of each the latest `NODES_A_BLOCK` nodes; the block that was longest in no prompt goes first, and of one prompt
 * the last before the first, as an engine frees them.
 */
export class PrefixIndex {
  readonly #capacity: number;
  readonly #hash: Float64Array;
  readonly #nodes: Int32Array;
  /** Chains of blocks with equal lower bits of their hashes. */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  /** From the block that was used last to the one that waits longest. */
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  #newest = NONE;
  #oldest = NONE;
  #size = 0;
  /** The last prompt that was followed: up to `NODES_A_BLOCK` nodes, and how many of its blocks each has. */
  readonly #matchNodes = new Int32Array(NODES_A_BLOCK);
  readonly #matchBlocks = new Int32Array(NODES_A_BLOCK);
  #matchCount = 0;
  #matched: Float64Array | null = null;
  /** By node, as it is needed: its place in the match, which holds while the number beside it is that of the match. */
  #placeOf = new Int32Array(0);
  #placeOfMatch = new Uint32Array(0);
  #match = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#hash = new Float64Array(capacity);
    this.#nodes = new Int32Array(capacity * NODES_A_BLOCK);
    this.#first = new Int32Array(2 ** Math.ceil(Math.log2(capacity + 1))).fill(NONE);
    this.#next = new Int32Array(capacity);
    this.#newer = new Int32Array(capacity);
    this.#older = new Int32Array(capacity);
  }

  /** How many blocks it holds. */
  get size(): number {
    return this.#size;
  }

  /** With how many of its blocks a prompt begins that the node has probably cached. `prefix` as in `RequestInfo`. */
  blocksAt(prefix: Float64Array, node: number): number {
    if (prefix !== this.#matched) this.#follow(prefix);
    return this.#placeOfMatch[node] === this.#match ? this.#matchBlocks[this.#placeOf[node]!]! : 0;
  }

  /** `blocksAt` the first `count` of `nodes`, into `into`, by place. Returns false, and writes nothing, where it is 0 at all. */
  allBlocksAt(prefix: Float64Array, nodes: Uint32Array, count: number, into: Float64Array): boolean {
    if (prefix !== this.#matched) this.#follow(prefix);
    if (this.#matchCount === 0) return false;
    const placeOfMatch = this.#placeOfMatch;
    const placeOf = this.#placeOf;
    const blocks = this.#matchBlocks;
    const match = this.#match;
    for (let place = 0; place < count; place++) {
      const node = nodes[place]!;
      into[place] = placeOfMatch[node] === match ? blocks[placeOf[node]!]! : 0;
    }
    return true;
  }

  /** The node that has probably cached the most of it; -1 for none. */
  bestNode(prefix: Float64Array): number {
    if (prefix !== this.#matched) this.#follow(prefix);
    let best = NONE;
    let most = 0;
    for (let match = 0; match < this.#matchCount; match++) {
      if (this.#matchBlocks[match]! <= most) continue;
      most = this.#matchBlocks[match]!;
      best = this.#matchNodes[match]!;
    }
    return best;
  }

  /** A prompt was sent to the node. */
  add(prefix: Float64Array, node: number): void {
    this.#matched = null;
    if (node >= this.#placeOf.length) this.#growTo(node + 1);
    const count = Math.min(prefix.length, this.#capacity);
    for (let index = count - 1; index >= 0; index--) {
      const found = this.#find(prefix[index]!);
      const block = found === NONE ? this.#insert(prefix[index]!) : found;
      if (found !== NONE) this.#unlink(block);
      this.#linkNewest(block);
      this.#addNode(block, node);
    }
  }

  /** Leaves in the match, for each node of the first block, how far it goes. */
  #follow(prefix: Float64Array): void {
    this.#matched = prefix;
    this.#matchCount = 0;
    if (++this.#match === MATCHES) {
      this.#placeOfMatch.fill(0);
      this.#match = 1;
    }
    const nodes = this.#nodes;
    const matchBlocks = this.#matchBlocks;
    const placeOf = this.#placeOf;
    const placeOfMatch = this.#placeOfMatch;
    const match = this.#match;
    for (let index = 0; index < prefix.length; index++) {
      const block = this.#find(prefix[index]!);
      if (block === NONE) return;
      let going = 0;
      for (let place = block * NODES_A_BLOCK; place < (block + 1) * NODES_A_BLOCK; place++) {
        const node = nodes[place]!;
        if (node === NONE) break;
        if (index === 0) {
          placeOf[node] = going;
          placeOfMatch[node] = match;
          matchBlocks[going] = 1;
          this.#matchNodes[going++] = node;
        } else if (placeOfMatch[node] === match && matchBlocks[placeOf[node]!] === index) {
          matchBlocks[placeOf[node]!] = index + 1; // it has all blocks before this one
          going++;
        }
      }
      if (index === 0) this.#matchCount = going;
      if (going === 0) return;
    }
  }

  #growTo(nodes: number): void {
    const length = 2 ** Math.ceil(Math.log2(Math.max(nodes, 16)));
    this.#placeOf = new Int32Array(length);
    this.#placeOfMatch = new Uint32Array(length);
    this.#match = 0;
    this.#matched = null;
  }

  #find(hash: number): number {
    let block = this.#first[this.#chainOf(hash)]!;
    while (block !== NONE && this.#hash[block] !== hash) block = this.#next[block]!;
    return block;
  }

  #insert(hash: number): number {
    const block = this.#size < this.#capacity ? this.#size++ : this.#evict();
    const chain = this.#chainOf(hash);
    this.#hash[block] = hash;
    const from = block * NODES_A_BLOCK;
    for (let place = from; place < from + NODES_A_BLOCK; place++) this.#nodes[place] = NONE;
    this.#next[block] = this.#first[chain]!;
    this.#first[chain] = block;
    return block;
  }

  #evict(): number {
    const block = this.#oldest;
    this.#unlink(block);
    const chain = this.#chainOf(this.#hash[block]!);
    if (this.#first[chain] === block) this.#first[chain] = this.#next[block]!;
    else {
      let before = this.#first[chain]!;
      while (this.#next[before] !== block) before = this.#next[before]!;
      this.#next[before] = this.#next[block]!;
    }
    return block;
  }

  /** Puts the node before the others of the block; the one that was longest not used falls out where there are too many. */
  #addNode(block: number, node: number): void {
    const nodes = this.#nodes;
    const from = block * NODES_A_BLOCK;
    let place = from;
    while (place < from + NODES_A_BLOCK - 1 && nodes[place] !== node && nodes[place] !== NONE) place++;
    for (; place > from; place--) nodes[place] = nodes[place - 1]!; // so few that copyWithin takes longer
    nodes[from] = node;
  }

  #linkNewest(block: number): void {
    this.#older[block] = this.#newest;
    this.#newer[block] = NONE;
    if (this.#newest === NONE) this.#oldest = block;
    else this.#newer[this.#newest] = block;
    this.#newest = block;
  }

  #unlink(block: number): void {
    const newer = this.#newer[block]!;
    const older = this.#older[block]!;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }

  /** Hashes are mixed well; their lower 32 bits say the chain. */
  #chainOf(hash: number): number {
    return (hash >>> 0) & (this.#first.length - 1);
  }
}

const NONE = -1;

/** Numbers of matches begin again there, before they are too large for the array. */
const MATCHES = 2 ** 30;

/** Of one block, the nodes that are remembered: a system prompt is on all of them, and any of these serves. */
const NODES_A_BLOCK = 8;
