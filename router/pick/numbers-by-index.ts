/** A number by endpoint or by node, `unset` until it is set. It grows as it is used. Hot path: see `upTo`. */
export class NumbersByIndex {
  readonly #unset: number;
  #values = new Float64Array(0);

  constructor(unset: number) {
    this.#unset = unset;
  }

  /** All numbers, for indices below `size` at least. To read from this in a loop allocates nothing; a function may box what it returns. */
  upTo(size: number): Float64Array {
    if (size > this.#values.length) this.#grow(size);
    return this.#values;
  }

  at(index: number): number {
    return index < this.#values.length ? this.#values[index]! : this.#unset;
  }

  set(index: number, value: number): void {
    this.upTo(index + 1)[index] = value;
  }

  #grow(size: number): void {
    const values = new Float64Array(Math.max(16, 2 ** Math.ceil(Math.log2(size)))).fill(this.#unset);
    values.set(this.#values);
    this.#values = values;
  }
}
