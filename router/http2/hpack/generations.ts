/**
 * Keeps values until they together have more than `maxBytes`: then those go that were not asked for since the last time that half of it
 * was new. Cheaper than the order of use, and as good for a few values that come again and again.
 */
export class Generations<Key, Value> {
  readonly #maxBytes: number;
  #young = new Map<Key, Sized<Value>>();
  #old = new Map<Key, Sized<Value>>();
  #youngBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  find(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young.value;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.keep(key, old.value, old.bytes);
    return old.value;
  }

  /** Keeps a value of so many bytes; one that is larger than half of the limit is not kept. */
  keep(key: Key, value: Value, bytes: number): void {
    if (bytes > this.#maxBytes / 2) return;
    this.#youngBytes += bytes - (this.#young.get(key)?.bytes ?? 0);
    this.#young.set(key, { value, bytes });
    if (this.#youngBytes <= this.#maxBytes / 2) return;
    // The newest begins the next generation, so that neither has more than half.
    this.#young.delete(key);
    this.#old = this.#young;
    this.#young = new Map([[key, { value, bytes }]]);
    this.#youngBytes = bytes;
  }

  /** The bytes of all that is kept; what is in both generations counts once. */
  get bytes(): number {
    let bytes = this.#youngBytes;
    for (const [key, { bytes: own }] of this.#old) if (!this.#young.has(key)) bytes += own;
    return bytes;
  }
}

interface Sized<Value> {
  readonly value: Value;
  readonly bytes: number;
}
