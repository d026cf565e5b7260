/** What a histogram is called and how it is cut: upper bounds of its buckets, ascending; the last bucket has no bound. */
export interface HistogramShape {
  readonly name: string;
  readonly help: string;
  readonly buckets: readonly number[];
}

/**
 * Histograms that share a name and differ by their labels, for Prometheus: one series for each set of labels, by its number.
 *
 * Hot path: `record` looks up no label and allocates nothing; labels are written when somebody asks. A series without a value is
 * not written, as an instrument of OpenTelemetry would have it.
 */
export class HistogramFamily {
  readonly #shape: HistogramShape;
  readonly #labels: readonly string[];
  readonly #width: number;
  /** By series and bucket, each bucket by itself. */
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  /** `labels` has the labels of each series as they are written, such as `endpoint="ashburn-1/fibre"`; see `labelsOf`. */
  constructor(shape: HistogramShape, labels: readonly string[]) {
    this.#shape = shape;
    this.#labels = labels;
    this.#width = shape.buckets.length + 1;
    this.#counts = new Float64Array(labels.length * this.#width);
    this.#sums = new Float64Array(labels.length);
  }

  record(series: number, value: number): void {
    const { buckets } = this.#shape;
    let bucket = 0;
    while (bucket < buckets.length && value > buckets[bucket]!) bucket++;
    const index = series * this.#width + bucket;
    this.#counts[index] = this.#counts[index]! + 1;
    this.#sums[series] = this.#sums[series]! + value;
  }

  /** In the text format of Prometheus. */
  text(): string {
    const { name, help, buckets } = this.#shape;
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    for (const [series, labels] of this.#labels.entries()) {
      const from = series * this.#width;
      const counts = this.#counts.subarray(from, from + this.#width);
      const total = counts.reduce((sum, count) => sum + count, 0);
      if (total === 0) continue;
      let below = 0;
      for (const [bucket, bound] of buckets.entries()) {
        below += counts[bucket]!;
        lines.push(`${name}_bucket{${labels}${labels === '' ? '' : ','}le="${bound}"} ${below}`);
      }
      lines.push(`${name}_bucket{${labels}${labels === '' ? '' : ','}le="+Inf"} ${total}`);
      const braced = labels === '' ? '' : `{${labels}}`;
      lines.push(`${name}_sum${braced} ${this.#sums[series]!}`, `${name}_count${braced} ${total}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

/** Labels as Prometheus writes them. */
export const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`)
    .join(',');
