import { labelled } from './labels.ts';

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
  /** By the labels that all series have besides their own. */
  readonly #periods = new Map<string, Period>();
  #period: Period;

  /** `labels` has the labels of each series as they are written, such as `endpoint="ashburn-1/fibre"`; see `labelsOf`. */
  constructor(shape: HistogramShape, labels: readonly string[]) {
    this.#shape = shape;
    this.#labels = labels;
    this.#width = shape.buckets.length + 1;
    this.#period = this.#newPeriod();
    this.#periods.set('', this.#period);
  }

  /** What is recorded from now on has these labels too; what was recorded keeps those of its time. */
  under(common: string): void {
    this.#periods.delete('');
    this.#period = this.#periods.get(common) ?? this.#newPeriod();
    this.#periods.set(common, this.#period);
  }

  record(series: number, value: number): void {
    const { buckets } = this.#shape;
    let bucket = 0;
    while (bucket < buckets.length && value > buckets[bucket]!) bucket++;
    const index = series * this.#width + bucket;
    const { counts, sums } = this.#period;
    counts[index] = counts[index]! + 1;
    sums[series] = sums[series]! + value;
  }

  /** In the text format of Prometheus. */
  text(): string {
    const { name, help } = this.#shape;
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
    for (const [common, period] of this.#periods) {
      for (const series of this.#labels.keys()) this.#write(series, common, period, lines);
    }
    return `${lines.join('\n')}\n`;
  }

  #write(series: number, common: string, { counts, sums }: Period, lines: string[]): void {
    const { name, buckets } = this.#shape;
    const labels = this.#labels[series]!;
    const from = series * this.#width;
    const own = counts.subarray(from, from + this.#width);
    const total = own.reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    let below = 0;
    for (const [bucket, bound] of buckets.entries()) {
      below += own[bucket]!;
      lines.push(`${name}_bucket${labelled(labels, common, `le="${bound}"`)} ${below}`);
    }
    lines.push(`${name}_bucket${labelled(labels, common, 'le="+Inf"')} ${total}`);
    const braced = labelled(labels, common);
    lines.push(`${name}_sum${braced} ${sums[series]!}`, `${name}_count${braced} ${total}`);
  }

  #newPeriod(): Period {
    const series = this.#labels.length;
    return { counts: new Float64Array(series * this.#width), sums: new Float64Array(series) };
  }
}

interface Period {
  /** By series and bucket, each bucket by itself. */
  readonly counts: Float64Array;
  /** By series. */
  readonly sums: Float64Array;
}
