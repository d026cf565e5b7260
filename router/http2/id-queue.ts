/** Numbers, first in, first out, in an array that is used again. */
export class IdQueue {
  #ids = new Int32Array(16);
  #first = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(id: number): void {
    if (this.#count === this.#ids.length) this.#grow();
    this.#ids[(this.#first + this.#count++) & (this.#ids.length - 1)] = id;
  }

  /** Takes the oldest; there must be one. */
  shift(): number {
    const id = this.#ids[this.#first]!;
    this.#first = (this.#first + 1) & (this.#ids.length - 1);
    this.#count--;
    return id;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#ids.length);
    for (let index = 0; index < this.#count; index++) {
      larger[index] = this.#ids[(this.#first + index) & (this.#ids.length - 1)]!;
    }
    this.#ids = larger;
    this.#first = 0;
  }
}
