const SUB_BUCKET_BITS = 10;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
const MAX_EXPONENT = 32; // 2^(32 + 10) us is 50 days

/**
 * Counts of durations in whole microseconds, in log-linear buckets: every value is kept to one part in 1024 (three
 * digits), recording touches one array cell and allocates nothing.
 * Source of the layout: HdrHistogram (G. Tene).
 */
export class Histogram {
  readonly #counts = new Float64Array(SUB_BUCKETS * (MAX_EXPONENT + 1));
  #total = 0;
  #max = 0;

  get count(): number {
    return this.#total;
  }

  /** The largest value recorded, exact, in microseconds; 0 when there is none. */
  get maxUs(): number {
    return this.#max;
  }

  /**
   * Counts a duration `times` times; `times` may be a fraction, such as a weight. A negative duration counts as zero. Throws for
   * a duration that is not finite: it would be counted, but be in no bucket.
   */
  record(us: number, times = 1): void {
    if (!Number.isFinite(us) || !Number.isFinite(times)) {
      throw new RangeError(`a histogram counts finite durations, not ${us} us ${times} times`);
    }
    const value = Math.max(us, 0);
    const index = bucketOf(value);
    this.#counts[index] = this.#counts[index]! + times;
    this.#total += times;
    if (value > this.#max) this.#max = value;
  }

  /** The buckets that hold anything, as they are written to a log: number of the bucket, its count, number, count, and so on. */
  get buckets(): readonly number[] {
    const buckets: number[] = [];
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!;
      if (count > 0) buckets.push(index, count);
    }
    return buckets;
  }

  /** Adds the `buckets` of another histogram, whose largest value was `maxUs`. Throws for a bucket that there is not. */
  add(buckets: readonly number[], maxUs: number): void {
    for (let at = 0; at + 1 < buckets.length; at += 2) {
      const [index, count] = [buckets[at]!, buckets[at + 1]!];
      const before = this.#counts[index];
      if (before === undefined) throw new RangeError(`a histogram has no bucket ${index}`);
      this.#counts[index] = before + count;
      this.#total += count;
    }
    if (maxUs > this.#max) this.#max = maxUs;
  }

  /** The mean of the middles of the buckets, in microseconds; NaN for none. */
  get meanUs(): number {
    let sum = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!;
      if (count > 0) sum += count * middleOf(index);
    }
    return sum / this.#total;
  }

  /** The middle, in us, of the lowest bucket where at least the fraction `p` (0 to 1) of the counts is reached; NaN for none. */
  quantileUs(p: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = p * this.#total;
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index]!;
      if (seen >= wanted && seen > 0) return Math.min(middleOf(index), this.#max);
    }
    return this.#max;
  }
}

const INT32_END = 2 ** 31;
/** Leading zeros of 2^10 in 32 bits. */
const LOW_OCTAVE_ZEROS = 31 - SUB_BUCKET_BITS;

/** Below 2^10 one bucket a microsecond; above, 2^10 buckets an octave. */
const bucketOf = (us: number): number => {
  if (us < SUB_BUCKETS) return Math.floor(us);
  if (us < INT32_END) {
    // The usual case, in whole numbers: a third of the time that logarithm and division take.
    const whole = us | 0;
    const octave = LOW_OCTAVE_ZEROS - Math.clz32(whole);
    return octave * SUB_BUCKETS + (whole >>> octave);
  }
  const exponent = Math.min(Math.floor(Math.log2(us)) - SUB_BUCKET_BITS, MAX_EXPONENT - 1);
  const mantissa = Math.min(Math.floor(us / 2 ** exponent) - SUB_BUCKETS, SUB_BUCKETS - 1);
  return (exponent + 1) * SUB_BUCKETS + Math.max(0, mantissa);
};

const middleOf = (index: number): number => {
  if (index < SUB_BUCKETS) return index;
  const exponent = Math.floor(index / SUB_BUCKETS) - 1;
  return ((index % SUB_BUCKETS) + SUB_BUCKETS + 0.5) * 2 ** exponent;
};
