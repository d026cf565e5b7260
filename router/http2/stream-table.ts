/** What is known of the halves of a stream, as bits of `StreamTable.flags`. */
export const streamFlag = {
  /** We have sent END_STREAM. */
  localEnd: 0x1,
  /** The peer has sent END_STREAM. */
  remoteEnd: 0x2,
  /** The peer's head has come: the fields of its request or of its final response. */
  hasHead: 0x4,
  /** Data waits for a window. */
  isBlocked: 0x8,
  /** It is in the queue of those that wait for the window of the connection. */
  isQueued: 0x10,
} as const;

/**
 * The open streams of a connection: a slot each in typed arrays, found by the number of the stream. Slots are used again, and no
 * stream allocates anything once the table is as large as the connection needs it.
 */
export class StreamTable {
  /** By slot: the number of the stream, 0 for a free slot. */
  ids = new Int32Array(FIRST_SLOTS);
  flags = new Uint8Array(FIRST_SLOTS);
  /** What we may send on it; negative after the peer made windows smaller (RFC 9113 6.9.2). */
  sendWindow = new Int32Array(FIRST_SLOTS);
  /** What the peer may send on it. */
  receiveWindow = new Int32Array(FIRST_SLOTS);
  /** What came and was not yet used: it counts against the window of the connection. */
  unused = new Int32Array(FIRST_SLOTS);
  /** What was used and not yet told to the peer. */
  owed = new Int32Array(FIRST_SLOTS);
  /** Bytes of its body that its content-length has yet to see; negative where it has none. */
  contentLeft = new Float64Array(FIRST_SLOTS);
  #free = new Int32Array(FIRST_SLOTS);
  #freeCount = 0;
  /** Open addressing: slot + 1 by the hash of a number, 0 for nothing; twice as long as there are slots. */
  #buckets = new Int32Array(2 * FIRST_SLOTS);
  #count = 0;

  constructor() {
    this.#addFree(0, FIRST_SLOTS);
  }

  get count(): number {
    return this.#count;
  }

  get slots(): number {
    return this.ids.length;
  }

  /** The slot of a stream, -1 where it is not open. */
  find(id: number): number {
    const mask = this.#buckets.length - 1;
    for (let bucket = hashOfStream(id) & mask; ; bucket = (bucket + 1) & mask) {
      const slot = this.#buckets[bucket]! - 1;
      if (slot < 0 || this.ids[slot] === id) return slot;
    }
  }

  /** Takes a slot for a stream that is not there yet. Plain numbers: an object of them would be garbage of every stream. */
  add(id: number, sendWindow: number, receiveWindow: number): number {
    if (this.#freeCount === 0) this.#grow();
    const slot = this.#free[--this.#freeCount]!;
    this.ids[slot] = id;
    this.flags[slot] = 0;
    this.sendWindow[slot] = sendWindow;
    this.receiveWindow[slot] = receiveWindow;
    this.unused[slot] = 0;
    this.owed[slot] = 0;
    this.contentLeft[slot] = -1;
    this.#count++;
    this.#insert(slot);
    return slot;
  }

  remove(slot: number): void {
    const mask = this.#buckets.length - 1;
    let hole = hashOfStream(this.ids[slot]!) & mask;
    while (this.#buckets[hole] !== slot + 1) hole = (hole + 1) & mask;
    // Those behind the hole move up, so that each is found from its hash on without a gap.
    for (let bucket = (hole + 1) & mask; this.#buckets[bucket] !== 0; bucket = (bucket + 1) & mask) {
      const home = hashOfStream(this.ids[this.#buckets[bucket]! - 1]!) & mask;
      if (((bucket - home) & mask) < ((bucket - hole) & mask)) continue;
      this.#buckets[hole] = this.#buckets[bucket]!;
      hole = bucket;
    }
    this.#buckets[hole] = 0;
    this.ids[slot] = 0;
    this.#free[this.#freeCount++] = slot;
    this.#count--;
  }

  #insert(slot: number): void {
    const mask = this.#buckets.length - 1;
    let bucket = hashOfStream(this.ids[slot]!) & mask;
    while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & mask;
    this.#buckets[bucket] = slot + 1;
  }

  #addFree(from: number, to: number): void {
    for (let slot = to - 1; slot >= from; slot--) this.#free[this.#freeCount++] = slot;
  }

  #grow(): void {
    const slots = this.slots;
    const larger = <Column extends Int32Array | Uint8Array | Float64Array>(column: Column, next: Column): Column => {
      next.set(column);
      return next;
    };
    this.ids = larger(this.ids, new Int32Array(2 * slots));
    this.flags = larger(this.flags, new Uint8Array(2 * slots));
    this.sendWindow = larger(this.sendWindow, new Int32Array(2 * slots));
    this.receiveWindow = larger(this.receiveWindow, new Int32Array(2 * slots));
    this.unused = larger(this.unused, new Int32Array(2 * slots));
    this.owed = larger(this.owed, new Int32Array(2 * slots));
    this.contentLeft = larger(this.contentLeft, new Float64Array(2 * slots));
    this.#free = new Int32Array(2 * slots);
    this.#buckets = new Int32Array(4 * slots);
    for (let slot = 0; slot < slots; slot++) this.#insert(slot);
    this.#addFree(slots, 2 * slots);
  }
}

const FIRST_SLOTS = 64;

/** Fibonacci hashing: numbers of streams are every second integer. */
export const hashOfStream = (id: number): number => Math.imul(id, 0x9e3779b1) >>> 8;
