/** A quantile of the last `length` samples, by sorting them at each new one: for some tens of samples. */
export class RecentQuantile {
  readonly #share: number;
  readonly #samples: Float64Array;
  readonly #sorted: Float64Array;
  #count = 0;
  /** Infinity before the first sample. */
  value = Number.POSITIVE_INFINITY;

  constructor(share: number, length: number) {
    this.#share = share;
    this.#samples = new Float64Array(length);
    this.#sorted = new Float64Array(length);
  }

  add(sample: number): void {
    const { length } = this.#samples;
    this.#samples[this.#count++ % length] = sample;
    const known = Math.min(this.#count, length);
    const sorted = this.#sorted.subarray(0, known);
    sorted.set(this.#samples.subarray(0, known));
    sorted.sort();
    this.value = sorted[Math.ceil(this.#share * known) - 1] ?? sorted[0]!;
  }
}
