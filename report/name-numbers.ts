/** Small whole numbers for names, in the order in which they are first asked for: columns store the numbers. */
export class NameNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  /** In the order of their numbers. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Undefined for NaN, which means no name in a column. */
  nameOf(number: number): string | undefined {
    return this.#names[number];
  }
}
