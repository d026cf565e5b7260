/**
 * Buffers that nobody has now, for whoever needs one for a moment: 16 KiB, and each double of it up to 1 MiB. A larger one is made, and
 * not kept.
 */
export class SpareBuffers {
  readonly #bySize: Buffer[][] = Array.from({ length: SIZES }, () => []);

  /** One of at least so many bytes. What is in it means nothing. */
  take(bytes: number): Buffer {
    const size = sizeFor(bytes);
    return this.#bySize[size]?.pop() ?? Buffer.allocUnsafeSlow(LEAST_BYTES << size);
  }

  /** Whoever gives it back does not read it any more. One that did not come from here is left. */
  giveBack(buffer: Buffer): void {
    const size = sizeFor(buffer.length);
    const kept = this.#bySize[size];
    if (kept !== undefined && buffer.length === LEAST_BYTES << size && kept.length < KEPT >> size) kept.push(buffer);
  }
}

/** The smallest size that fits: 0 is `LEAST_BYTES`, and each further one is twice as large. */
const sizeFor = (bytes: number): number => Math.max(0, Math.ceil(Math.log2(bytes / LEAST_BYTES)));

const LEAST_BYTES = 16 << 10;
const SIZES = 7;

/** How many of the smallest are kept, and half as many of each further size: 1 MiB of each. So many connections may answer in one turn. */
const KEPT = 64;
