// Hot path: one typed array a column, so that a request of a long log costs bytes and no objects.

/** Numbers by row, from 0. A row that was never set reads as NaN. The column grows as rows are set. */
export class NumberColumn {
  #values: Float64Array | Float32Array;
  #length = 0;

  /** `Float32Array` holds whole numbers up to 16 million. */
  constructor(rows: number, kind: Float64ArrayConstructor | Float32ArrayConstructor = Float64Array) {
    this.#values = new kind(rows).fill(Number.NaN);
  }

  /** One past the last row that was set. */
  get length(): number {
    return this.#length;
  }

  at(row: number): number {
    return this.#values[row] ?? Number.NaN;
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) this.#grow(row + 1);
    this.#values[row] = value;
    if (row >= this.#length) this.#length = row + 1;
  }

  push(value: number): void {
    this.set(this.#length, value);
  }

  /** Copies the rows that `other` has set. */
  merge(other: NumberColumn): void {
    for (let row = 0; row < other.length; row++) {
      const value = other.at(row);
      if (!Number.isNaN(value)) this.set(row, value);
    }
  }

  #grow(rows: number): void {
    const grown = new (this.#values.constructor as Float64ArrayConstructor)(
      Math.max(rows, Math.ceil(this.#values.length * 1.5), FEWEST_ROWS),
    ).fill(Number.NaN);
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** A large scenario has some hundred thousand columns of a few rows: six for each direction of each path. */
const FEWEST_ROWS = 8;
