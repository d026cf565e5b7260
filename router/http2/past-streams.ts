/**
 * The streams of a connection, for as long as frames of them may be under way (RFC 9113 5.1): which were opened, and which of them we
 * have reset. A stream is forgotten once another takes its place, eight thousand streams later. There are few places until many streams
 * came: most connections have few.
 */
export class PastStreams {
  /** The newest of the streams that share a place: its number, negative where we have reset it; 0 for none. */
  #ids = new Int32Array(FIRST_PLACES);

  addOpened(stream: number): void {
    this.#grow(stream);
    this.#ids[this.#placeOf(stream)] = stream;
  }

  addReset(stream: number): void {
    this.#grow(stream);
    if (!this.hasForgotten(stream)) this.#ids[this.#placeOf(stream)] = -stream;
  }

  wasOpened(stream: number): boolean {
    return Math.abs(this.#ids[this.#placeOf(stream)]!) === stream;
  }

  wasReset(stream: number): boolean {
    return this.#ids[this.#placeOf(stream)] === -stream;
  }

  /** Whether a newer stream has taken its place. */
  hasForgotten(stream: number): boolean {
    return Math.abs(this.#ids[this.#placeOf(stream)]!) > stream;
  }

  #placeOf(stream: number): number {
    return (stream >> 1) & (this.#ids.length - 1);
  }

  /** Two streams share a place only once there are all places, so that each of before keeps its own. */
  #grow(stream: number): void {
    const { length } = this.#ids;
    if (length === PLACES || stream >> 1 < length) return;
    const larger = new Int32Array(Math.min(PLACES, 2 ** (32 - Math.clz32(stream >> 1))));
    larger.set(this.#ids);
    this.#ids = larger;
  }
}

const FIRST_PLACES = 64;

const PLACES = 8192;
