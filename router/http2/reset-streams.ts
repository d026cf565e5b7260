/**
 * The streams that we have reset, for as long as frames of them may be under way (RFC 9113 5.1): the last eight thousand streams. A
 * frame of an older one is not told from one after the end of its stream.
 */
export class ResetStreams {
  /** Null until the first one: most connections come and go without. */
  #ids: Int32Array | null = null;

  add(stream: number): void {
    this.#ids ??= new Int32Array(REMEMBERED);
    this.#ids[(stream >> 1) & (REMEMBERED - 1)] = stream;
  }

  has(stream: number): boolean {
    return this.#ids !== null && this.#ids[(stream >> 1) & (REMEMBERED - 1)] === stream;
  }

  /** Whether a stream is so old that nobody remembers it, where `newest` is the newest. */
  hasForgotten(stream: number, newest: number): boolean {
    return newest - stream >= 2 * REMEMBERED;
  }
}

const REMEMBERED = 8192;
