/** How many bytes a receiver lets a stream, and all streams together, have in flight. */
export interface Http2Limits {
  readonly streamBytes: number;
  readonly connectionBytes: number;
}

/**
 * The flow control of HTTP/2 over one direction of a connection: each message is a stream. A receiver that reads at once gives
 * bytes back when half of a window is used. Sources: RFC 9113 section 5.2; nghttp2 for the half.
 */
export class Http2Windows {
  readonly #limits: Http2Limits;
  /** Up to where the receiver has given bytes back: of the connection, and of the message that is being sent. */
  #connectionSeq = 0;
  #streamSeq = 0;
  #messageEndSeq = 0;

  constructor(limits: Http2Limits) {
    this.#limits = limits;
  }

  /** Whether the message that is being sent ends before `seq`. */
  isPastMessage(seq: number): boolean {
    return seq >= this.#messageEndSeq;
  }

  /** The next message, from `startSeq`, is sent. */
  begin(startSeq: number, endSeq: number): void {
    this.#streamSeq = startSeq;
    this.#messageEndSeq = endSeq;
  }

  /** Up to where the sender may send. */
  get endSeq(): number {
    return Math.min(this.#connectionSeq + this.#limits.connectionBytes, this.#streamSeq + this.#limits.streamBytes);
  }

  /** The same for messages of up to `bytes`, each a stream of its own; 0 where a stream may not have so many in flight. */
  smallEndSeq(bytes: number): number {
    return bytes <= this.#limits.streamBytes ? this.#connectionSeq + this.#limits.connectionBytes : 0;
  }

  /** The sender has heard that everything before `seq` was read. */
  read(seq: number): void {
    const { streamBytes, connectionBytes } = this.#limits;
    if (seq - this.#connectionSeq >= connectionBytes / 2) this.#connectionSeq = seq;
    if (seq - this.#streamSeq >= streamBytes / 2) this.#streamSeq = seq;
  }
}
