// Hot path: a message that comes whole, as nearly all do, is read where it is.

/** Cuts the body of an answer into messages of gRPC: after `feed`, each `next` that is true has one from `from` to `to` of `bytes`. */
export class MessageReader {
  bytes: Uint8Array = NOTHING;
  from = 0;
  to = 0;
  isCompressed = false;
  /** A message is longer than anybody takes: nothing more is read. */
  isTooLong = false;
  #piece: Buffer = NOTHING;
  #at = 0;
  #end = 0;
  /** The begin of a message whose rest is still to come. */
  #begun: Buffer = NOTHING;

  /** The next piece of the body. What `next` gives of it holds as long as the piece does. */
  feed(piece: Buffer, from: number, to: number): void {
    if (this.#begun.length === 0) {
      this.#piece = piece;
      this.#at = from;
      this.#end = to;
      return;
    }
    this.#piece = Buffer.concat([this.#begun, piece.subarray(from, to)]);
    this.#begun = NOTHING;
    this.#at = 0;
    this.#end = this.#piece.length;
  }

  next(): boolean {
    const piece = this.#piece;
    const left = this.#end - this.#at;
    const length = left < PREFIX_BYTES || this.isTooLong ? 0 : piece.readUInt32BE(this.#at + 1);
    if (length > MOST_BYTES) this.isTooLong = true;
    if (this.isTooLong) return false;
    if (left < PREFIX_BYTES + length) {
      // Copied: the piece is in a buffer that is read into again.
      this.#begun = left === 0 ? NOTHING : Buffer.from(piece.subarray(this.#at, this.#end));
      this.#piece = NOTHING;
      this.#at = this.#end = 0;
      return false;
    }
    this.bytes = piece;
    this.isCompressed = piece[this.#at] !== 0;
    this.from = this.#at + PREFIX_BYTES;
    this.to = this.from + length;
    this.#at = this.to;
    return true;
  }
}

const PREFIX_BYTES = 5;
const NOTHING = Buffer.alloc(0);

/** What clients of gRPC take where nobody says otherwise. */
const MOST_BYTES = 4 << 20;
