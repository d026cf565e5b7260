/** A number by endpoint or by node, `unset` until it is set. It grows as it is written. Hot path: reading allocates nothing. */
export class NumbersByIndex {
  readonly #unset: number;
  #values = new Float64Array(0);

  constructor(unset: number) {
    this.#unset = unset;
  }

  at(index: number): number {
    return index < this.#values.length ? this.#values[index]! : this.#unset;
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) this.#grow(index);
    this.#values[index] = value;
  }

  #grow(index: number): void {
    const values = new Float64Array(Math.max(16, 2 ** Math.ceil(Math.log2(index + 1)))).fill(this.#unset);
    values.set(this.#values);
    this.#values = values;
  }
}
