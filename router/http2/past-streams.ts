/**
 * The streams of a connection, for as long as frames of them may be under way (RFC 9113 5.1): which were opened, and which of them we
 * have reset. A stream is forgotten once another takes its place, eight thousand streams later.
 */
export class PastStreams {
  /** The newest of the streams that share a place: its number, negative where we have reset it; 0 for none. */
  readonly #ids = new Int32Array(PLACES);

  addOpened(stream: number): void {
    this.#ids[placeOf(stream)] = stream;
  }

  addReset(stream: number): void {
    if (!this.hasForgotten(stream)) this.#ids[placeOf(stream)] = -stream;
  }

  wasOpened(stream: number): boolean {
    return Math.abs(this.#ids[placeOf(stream)]!) === stream;
  }

  wasReset(stream: number): boolean {
    return this.#ids[placeOf(stream)] === -stream;
  }

  /** Whether a newer stream has taken its place. */
  hasForgotten(stream: number): boolean {
    return Math.abs(this.#ids[placeOf(stream)]!) > stream;
  }
}

const PLACES = 8192;

const placeOf = (stream: number): number => (stream >> 1) & (PLACES - 1);
