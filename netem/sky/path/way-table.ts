// Hot path: typed arrays over shared memory; nothing is allocated when a row is found.

/** What a way table covers and holds. */
export interface WayTableShape {
  /** The first slot that it covers, and how many. */
  readonly firstSlot: number;
  readonly slots: number;
  /** How many rows of one slot it has room for: more are not kept. */
  readonly rowsPerSlot: number;
  /** How many numbers a row has. */
  readonly width: number;
}

/**
 * What was computed of one way, a row a slot and tag; a tag says which of several answers it is, such as over which satellite. Threads may read
 * and write one memory at once: a row is visible when it is whole. Two that compute the same row write the same numbers, so it does not matter
 * whose is kept.
 */
export class WayTable {
  readonly memory: SharedArrayBuffer;
  readonly values: Float64Array;
  readonly #shape: WayTableShape;
  /** Of each row: 0 while it is free, -1 - tag while one writes it, 1 + tag when it is whole. */
  readonly #tags: Int32Array;

  /** In `memory` that another table of the same shape was made in, or in new memory. Throws where it is of another length. */
  constructor(shape: WayTableShape, memory = new SharedArrayBuffer(WayTable.bytes(shape))) {
    if (memory.byteLength !== WayTable.bytes(shape)) {
      throw new RangeError(`a way table of ${WayTable.bytes(shape)} bytes cannot be in ${memory.byteLength}`);
    }
    this.#shape = shape;
    this.memory = memory;
    const rows = shape.slots * shape.rowsPerSlot;
    this.values = new Float64Array(memory, 0, rows * shape.width);
    this.#tags = new Int32Array(memory, this.values.byteLength, rows);
  }

  static bytes({ slots, rowsPerSlot, width }: WayTableShape): number {
    return slots * rowsPerSlot * (width * Float64Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT);
  }

  covers(slot: number): boolean {
    const { firstSlot, slots } = this.#shape;
    return slot >= firstSlot && slot < firstSlot + slots;
  }

  /** How many whole rows it has. */
  get rows(): number {
    let rows = 0;
    for (let row = 0; row < this.#tags.length; row++) if (Atomics.load(this.#tags, row) > 0) rows++;
    return rows;
  }

  /** Where the row of a slot begins in `values`; -1 when it is not there. */
  find(slot: number, tag: number): number {
    if (!this.covers(slot)) return -1;
    const { rowsPerSlot, width } = this.#shape;
    const first = this.#firstRow(slot);
    for (let row = first; row < first + rowsPerSlot; row++) {
      const seen = Atomics.load(this.#tags, row);
      if (seen === 1 + tag) return row * width;
      if (seen === 0) return -1;
    }
    return -1;
  }

  /** Keeps a row, where there is room and nobody else does. */
  keep(slot: number, tag: number, row: Float64Array): void {
    if (!this.covers(slot)) return;
    const { rowsPerSlot, width } = this.#shape;
    const first = this.#firstRow(slot);
    for (let at = first; at < first + rowsPerSlot; at++) {
      const seen = Atomics.compareExchange(this.#tags, at, 0, -1 - tag);
      if (seen === 1 + tag || seen === -1 - tag) return;
      if (seen !== 0) continue;
      this.values.set(row, at * width);
      Atomics.store(this.#tags, at, 1 + tag);
      return;
    }
  }

  #firstRow(slot: number): number {
    return (slot - this.#shape.firstSlot) * this.#shape.rowsPerSlot;
  }
}
