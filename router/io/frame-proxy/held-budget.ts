/**
 * How much a data path holds of bodies that their receivers do not take. A window is given to each stream, and none is shared, so that
 * nobody who reads slowly holds up others; what all together may fill is bounded here. Where it is full, each client may have an equal
 * share of as much again, so that one client cannot keep the others from being served.
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
    const after = this.#bytes + more;
    if (after <= this.#maxBytes) return true;
    const holders = own === 0 ? this.#holders + 1 : this.#holders;
    return own + more <= this.#maxBytes / holders && after <= 2 * this.#maxBytes;
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
