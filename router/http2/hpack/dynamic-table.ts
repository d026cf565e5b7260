/** What an entry counts besides its bytes. Source: RFC 7541 4.1. */
export const ENTRY_OVERHEAD_BYTES = 32;

/** The fields that a connection has learnt, the newest first (RFC 7541 2.3.2). Strings have one character a byte. */
export class DynamicTable {
  /** The oldest first; those before `#first` are evicted. */
  #names: string[] = [];
  #values: string[] = [];
  #first = 0;
  #bytes = 0;
  #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#names.length - this.#first;
  }

  /** As the standard counts: 32 more for each entry. */
  get bytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** The name of an entry, 0 for the newest. The entry must be there. */
  nameAt(index: number): string {
    return this.#names[this.#names.length - 1 - index]!;
  }

  valueAt(index: number): string {
    return this.#values[this.#values.length - 1 - index]!;
  }

  /** Adds an entry. One that is larger than the table empties it, and is no error (RFC 7541 4.4). */
  add(name: string, value: string): void {
    const bytes = name.length + value.length + ENTRY_OVERHEAD_BYTES;
    this.#evictTo(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#names.push(name);
    this.#values.push(value);
    this.#bytes += bytes;
  }

  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evictTo(maxBytes);
  }

  #evictTo(bytes: number): void {
    while (this.#bytes > Math.max(0, bytes)) {
      this.#bytes -= this.#names[this.#first]!.length + this.#values[this.#first]!.length + ENTRY_OVERHEAD_BYTES;
      this.#names[this.#first] = ''; // its text can be collected
      this.#values[this.#first] = '';
      this.#first++;
    }
    if (this.#first < MOST_EVICTED || this.#first < this.size) return;
    this.#names = this.#names.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }
}

/** How many evicted entries are kept until they are removed together. */
const MOST_EVICTED = 64;
