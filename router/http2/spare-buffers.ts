/**
 * Buffers that nobody has now, for whoever needs one for a moment: 4 KiB, and each double of it up to 1 MiB. A larger one is made, and
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
    if (kept === undefined || buffer.length !== LEAST_BYTES << size) return;
    if (kept.length * buffer.length < KEPT_BYTES) kept.push(buffer);
  }
}

/** The smallest size that fits: 0 is `LEAST_BYTES`, and each further one is twice as large. */
const sizeFor = (bytes: number): number => (bytes <= LEAST_BYTES ? 0 : 32 - Math.clz32((bytes - 1) >>> LEAST_BITS));

/** What one request and its answer need; a connection with many of them takes more at once. */
const LEAST_BITS = 12;
const LEAST_BYTES = 1 << LEAST_BITS;
const SIZES = 9;

/** How much is kept of each size. */
const KEPT_BYTES = 1 << 20;
