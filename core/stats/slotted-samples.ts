// Hot path: two typed arrays, so that a million samples take twelve bytes each and make no garbage.

/** Samples in columns of equal length: their values, and the slot of time of each, from 0. Infinity is a censored sample. */
export interface SampleColumns {
  readonly values: Float64Array;
  readonly slots: Uint32Array;
}

/**
 * Samples of a figure, each with the slot of time that it belongs to, from 0. A sample of Infinity is censored: it is only known to
 * rank above all others. Samples that are NaN are skipped.
 */
export class SlottedSamples implements SampleColumns {
  #values = new Float64Array(64);
  #slots = new Uint32Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `slot` is a whole number from 0. */
  add(sample: number, slot: number): void {
    if (Number.isNaN(sample)) return;
    if (this.#length === this.#values.length) {
      const [values, slots] = [new Float64Array(this.#length * 2), new Uint32Array(this.#length * 2)];
      values.set(this.#values);
      slots.set(this.#slots);
      [this.#values, this.#slots] = [values, slots];
    }
    this.#values[this.#length] = sample;
    this.#slots[this.#length++] = slot;
  }

  /** In the order they came. Valid until the next `add`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  /** The slot of each sample. Valid until the next `add`. */
  get slots(): Uint32Array {
    return this.#slots.subarray(0, this.#length);
  }
}
