import { createHash } from 'node:crypto';

/** What the byte server does with a call; the client says it in `x-plan-bin`, as JSON. */
export interface BytePlan {
  /** The sizes of the messages of the answer, in bytes. A call of kind `talk` gets one for each message that it sends, and the rest at its end. */
  readonly sizes?: readonly number[];
  /** Which bytes they have. */
  readonly seed?: number;
  readonly code?: number;
  readonly text?: string;
  /** Its last message is what came, as in the trailers: some tools show no trailers. */
  readonly tellsReceived?: boolean;
  /** Its answer does not end. */
  readonly staysOpen?: boolean;
}

export const PLAN_HEADER = 'x-plan-bin';

/** In the trailers: how many messages came, and the sum over them. */
export const RECEIVED_TRAILER = 'x-received';

/** Copied from the headers of a request to those of its answer, and to its trailers. Source: gRPC interop test descriptions. */
export const ECHO_HEADER = 'x-grpc-test-echo-initial';
export const ECHO_TRAILER = 'x-grpc-test-echo-trailing-bin';

/** A sum over messages: their borders count. */
export class ByteSum {
  readonly #hash = createHash('sha256');
  #messages = 0;

  add(message: Uint8Array): void {
    this.#messages++;
    this.#hash.update(`${message.length}:`).update(message);
  }

  text(): string {
    return `${this.#messages} ${this.#hash.digest('hex')}`;
  }
}

export const sumOf = (messages: Iterable<Uint8Array>): string => {
  const sum = new ByteSum();
  for (const message of messages) sum.add(message);
  return sum.text();
};

/** The `index`th message by a seed: a part of one long sequence that does not repeat. */
export const messageOf = (seed: number, index: number, bytes: number): Buffer => {
  const from = (Math.imul(seed * 31 + index + 1, 0x9e3779b1) >>> 0) % (SEQUENCE.length - bytes);
  return SEQUENCE.subarray(from, from + bytes);
};

const LONGEST_MESSAGE_BYTES = 1 << 20;

const SEQUENCE = ((): Buffer => {
  const bytes = Buffer.allocUnsafe(4 * LONGEST_MESSAGE_BYTES);
  let state = 0x2545f491;
  for (let at = 0; at < bytes.length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state | 0, at);
  }
  return bytes;
})();
