// Hot path: open addressing in arrays that are used again, so that no stream costs garbage as an entry of a Map does.
import { hashOfStream } from './stream-table.ts';

/** A value for each of some streams, by the number of the stream. */
export class ByStream<Value> {
  /** By bucket: the number of a stream, 0 for none, and what it has. */
  #ids = new Int32Array(FIRST_BUCKETS);
  #values: (Value | undefined)[] = new Array(FIRST_BUCKETS).fill(undefined);
  #count = 0;

  get(id: number): Value | undefined {
    return this.#values[this.#bucketOf(id)];
  }

  set(id: number, value: Value): void {
    if (2 * this.#count >= this.#ids.length) this.#grow();
    const bucket = this.#bucketOf(id);
    if (this.#ids[bucket] === 0) this.#count++;
    this.#ids[bucket] = id;
    this.#values[bucket] = value;
  }

  delete(id: number): void {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let hole = this.#bucketOf(id);
    if (ids[hole] === 0) return;
    this.#count--;
    // Those behind the hole move up, so that each is found from its hash on without a gap.
    for (let bucket = (hole + 1) & mask; ids[bucket] !== 0; bucket = (bucket + 1) & mask) {
      const home = hashOfStream(ids[bucket]!) & mask;
      if (((bucket - home) & mask) < ((bucket - hole) & mask)) continue;
      ids[hole] = ids[bucket]!;
      this.#values[hole] = this.#values[bucket];
      hole = bucket;
    }
    ids[hole] = 0;
    this.#values[hole] = undefined;
  }

  /** Takes all of them out, in the order of their numbers. */
  takeAll(): readonly Value[] {
    const ids = this.#ids.filter((id) => id !== 0).sort();
    const values = Array.from(ids, (id) => this.get(id)!);
    this.#ids.fill(0);
    this.#values.fill(undefined);
    this.#count = 0;
    return values;
  }

  /** The bucket of a stream, or the free one where it would go. */
  #bucketOf(id: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let bucket = hashOfStream(id) & mask;
    while (ids[bucket] !== 0 && ids[bucket] !== id) bucket = (bucket + 1) & mask;
    return bucket;
  }

  #grow(): void {
    const [ids, values] = [this.#ids, this.#values];
    this.#ids = new Int32Array(2 * ids.length);
    this.#values = new Array(2 * ids.length).fill(undefined);
    for (const [bucket, id] of ids.entries()) {
      if (id === 0) continue;
      const next = this.#bucketOf(id);
      this.#ids[next] = id;
      this.#values[next] = values[bucket];
    }
  }
}

const FIRST_BUCKETS = 64;
