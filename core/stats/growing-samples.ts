// Hot path: one typed array, so that a million samples take eight bytes each and make no garbage.

/** Samples of a figure in the order they come; values that are not a number are skipped. */
export class GrowingSamples {
  #values = new Float64Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(sample: number): void {
    if (Number.isNaN(sample)) return;
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = sample;
  }

  /** In ascending order, without a copy: valid until the next `add`. */
  ascending(): Float64Array {
    return this.#values.subarray(0, this.#length).sort();
  }
}
