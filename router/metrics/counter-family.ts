import { labelled } from './labels.ts';

/**
 * Counters that share a name and differ by their labels, for Prometheus: one series for each set of labels, by its number. All are
 * written, those that are 0 too, so that the first event shows as a rise.
 *
 * Hot path: `add` looks up no label and allocates nothing.
 */
export class CounterFamily {
  readonly #shape: CounterShape;
  readonly #labels: readonly string[];
  /** By the labels that all series have besides their own. */
  readonly #periods = new Map<string, Float64Array>();
  #counts: Float64Array;

  constructor(shape: CounterShape, labels: readonly string[]) {
    this.#shape = shape;
    this.#labels = labels;
    this.#counts = new Float64Array(labels.length);
    this.#periods.set('', this.#counts);
  }

  add(series: number): void {
    this.#counts[series] = this.#counts[series]! + 1;
  }

  /** What is counted from now on has these labels too; what was counted keeps those of its time. */
  under(common: string): void {
    this.#periods.delete('');
    this.#counts = this.#periods.get(common) ?? new Float64Array(this.#labels.length);
    this.#periods.set(common, this.#counts);
  }

  /** In the text format of Prometheus. */
  text(): string {
    const { name, help } = this.#shape;
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} counter`];
    for (const [common, counts] of this.#periods) {
      for (const [series, labels] of this.#labels.entries())
        lines.push(`${name}${labelled(labels, common)} ${counts[series]!}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

interface CounterShape {
  readonly name: string;
  readonly help: string;
}
