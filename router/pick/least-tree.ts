/** Numbers by index, of which the least is found in log2 of their number. Hot path: one array, a heap of the minima of pairs. */
export class LeastTree {
  /** Node n has the children 2n and 2n + 1; the leaves are the second half. */
  #least = new Float64Array(2);
  /** What `firstAtMost` goes by: a field, since a number that is passed to it may be allocated. */
  bound = 0;

  /** Begins anew with `size` numbers, all Infinity. Returns those of the leaves, to be set before `build`. */
  begin(size: number): Float64Array {
    const leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    if (this.#least.length !== 2 * leaves) this.#least = new Float64Array(2 * leaves);
    return this.#least.subarray(leaves).fill(Number.POSITIVE_INFINITY);
  }

  build(): void {
    for (let node = this.#least.length / 2 - 1; node > 0; node--) this.#join(node);
  }

  set(index: number, value: number): void {
    let node = this.#least.length / 2 + index;
    this.#least[node] = value;
    for (node >>= 1; node > 0; node >>= 1) this.#join(node);
  }

  /** The first index whose number is at most the bound, or, where none is, the first of the least. */
  firstAtMost(): number {
    const least = this.#least;
    const leaves = least.length / 2;
    const limit = Math.max(this.bound, least[1]!);
    let node = 1;
    while (node < leaves) node = least[2 * node]! <= limit ? 2 * node : 2 * node + 1;
    return node - leaves;
  }

  #join(node: number): void {
    const [left, right] = [this.#least[2 * node]!, this.#least[2 * node + 1]!];
    this.#least[node] = right < left ? right : left;
  }
}
