import { exponential } from '../../core/random/distributions.ts';
import type { Rng } from '../../core/random/rng.ts';
import type { Ms } from '../../core/time/clock.ts';

/** What a client asks of a node, and what it does meanwhile. */
export interface SoakCall {
  /** How many messages the answer has, how far apart, and how large each is. */
  readonly messages: number;
  readonly gapMs: Ms;
  readonly answerBytes: number;
  /** At least 12. */
  readonly requestBytes: number;
  /** Whether the client cancels it at its first message. */
  readonly isCancelled: boolean;
  /** What the client sends as `grpc-timeout`; null for none. The answer takes longer. */
  readonly timeoutMs: Ms | null;
}

/**
 * The next call of a client: three of four have one message, the others stream for up to half a second; some are cancelled, some have
 * a deadline that they miss, and some are large.
 */
export const soakCall = (rng: Rng): SoakCall => {
  const kind = rng.next();
  const requestBytes = rng.next() < 0.05 ? 40_000 : 12 + Math.floor(exponential(rng, 200));
  if (kind < 0.75) {
    const answerBytes = rng.next() < 0.05 ? 60_000 : 100;
    return { messages: 1, gapMs: 0, answerBytes, requestBytes, isCancelled: false, timeoutMs: null };
  }
  const stream = { messages: 5 + Math.floor(rng.next() * 20), gapMs: 20, answerBytes: 60, requestBytes };
  if (kind < 0.78) return { ...stream, messages: 25, isCancelled: false, timeoutMs: 50 };
  return { ...stream, isCancelled: kind > 0.95, timeoutMs: null };
};

/** The call as one gRPC message, with the prefix of its length. */
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
export const answerBytesOf = ({ messages, answerBytes }: SoakCall): number => messages * (PREFIX_BYTES + answerBytes);

const PREFIX_BYTES = 5;
