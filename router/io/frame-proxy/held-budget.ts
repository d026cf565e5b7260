/**
 * How much a data path holds of bodies that their receivers do not take. A window is given to each stream, and none is shared, so that
 * nobody who reads slowly holds up others; what all together may fill is bounded here. Where it is full, each client that has some of it
 * keeps to an equal share, so in all it may hold about twice of it.
 */
export class HeldBudget {
  readonly #maxBytes: number;
  #bytes = 0;
  #holders = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The part of it that one client has. */
  account(): HeldAccount {
    return new HeldAccount(this);
  }

  /** Whether a client that has `own` bytes may hold so many more. */
  admits(own: number, more: number): boolean {
    return this.#bytes + more <= this.#maxBytes || own + more <= this.#maxBytes / Math.max(1, this.#holders);
  }

  /** A client has `after` bytes now, and had `before`. */
  change(before: number, after: number): void {
    this.#bytes += after - before;
    if (before === 0 && after > 0) this.#holders++;
    if (before > 0 && after === 0) this.#holders--;
  }
}

/** What is held of the requests of one client, and of their answers. */
export class HeldAccount {
  readonly #budget: HeldBudget;
  #bytes = 0;

  constructor(budget: HeldBudget) {
    this.#budget = budget;
  }

  admits(more: number): boolean {
    return this.#budget.admits(this.#bytes, more);
  }

  /** Holds so many more, or fewer where it is below 0. */
  add(bytes: number): void {
    this.#budget.change(this.#bytes, this.#bytes + bytes);
    this.#bytes += bytes;
  }
}
