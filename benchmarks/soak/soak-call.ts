import { exponential } from '../../core/random/distributions.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';

/** The methods of a node: an answer to one message, one answer to many, and an answer to each of many. */
export type SoakMethod = 'Say' | 'Gather' | 'Talk';

/** What a client asks of a node, and what it does meanwhile. */
export interface SoakCall {
  readonly method: SoakMethod;
  /** How many messages the answer of `Say` has, or how many the client of another method sends; how far apart, and how large an answer is. */
  readonly messages: number;
  readonly gapMs: Ms;
  readonly answerBytes: number;
  /** Of each message of the client; at least 12. */
  readonly requestBytes: number;
  /** Whether the client cancels it at its first message. */
  readonly isCancelled: boolean;
  /** What the client sends as `grpc-timeout`; null for none. The answer takes longer. */
  readonly timeoutMs: Ms | null;
}

/**
 * The next call of a client: three of four have one message each way, the others stream one way or both for up to half a second; some are cancelled, some have
 * a deadline that they miss, and some are large.
 */
export const soakCall = (rng: Rng): SoakCall => {
  const kind = rng.next();
  const requestBytes = rng.next() < 0.05 ? 40_000 : 12 + Math.floor(exponential(rng, 200));
  if (kind < 0.75) {
    const answerBytes = rng.next() < 0.05 ? 60_000 : 100;
    return { method: 'Say', messages: 1, gapMs: 0, answerBytes, requestBytes, isCancelled: false, timeoutMs: null };
  }
  const method = STREAMED[Math.floor(rng.next() * STREAMED.length)]!;
  const stream = {
    method,
    messages: 5 + Math.floor(rng.next() * 20),
    gapMs: 20,
    answerBytes: 60,
    requestBytes: method === 'Say' ? requestBytes : Math.min(requestBytes, MOST_STREAMED_BYTES),
  };
  if (kind < 0.78) return { ...stream, messages: 25, isCancelled: false, timeoutMs: 50 };
  return { ...stream, isCancelled: kind > 0.95, timeoutMs: null };
};

const STREAMED: readonly SoakMethod[] = ['Say', 'Say', 'Gather', 'Talk'];

/** The router can repeat all that a client has sent, so that no crash of a node loses a call whose answer has not begun. */
const MOST_STREAMED_BYTES = 4000;

/** How many messages the client sends. */
export const requestsOf = ({ method, messages }: SoakCall): number => (method === 'Say' ? 1 : messages);

/** Each message of a client: what it asks for, with the prefix of its length. */
export const requestOf = ({ messages, gapMs, answerBytes, requestBytes }: SoakCall): Buffer => {
  const bytes = Buffer.alloc(PREFIX_BYTES + requestBytes);
  bytes.writeUInt32BE(requestBytes, 1);
  for (const [index, value] of [messages, gapMs, answerBytes].entries()) {
    bytes.writeUInt32BE(value, PREFIX_BYTES + 4 * index);
  }
  return bytes;
};

/** What a node reads of the message of a request. */
export const askedIn = (message: Buffer): Pick<SoakCall, 'messages' | 'gapMs' | 'answerBytes'> => ({
  messages: message.readUInt32BE(0),
  gapMs: message.readUInt32BE(4),
  answerBytes: message.readUInt32BE(8),
});

/** How many bytes its whole answer has on the wire, prefixes of messages included. */
export const answerBytesOf = ({ method, messages, answerBytes }: SoakCall): number =>
  (method === 'Gather' ? 1 : messages) * (PREFIX_BYTES + answerBytes);

const PREFIX_BYTES = 5;
