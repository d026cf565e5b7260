import type { FieldList } from './field-list.ts';

/**
 * Hears what happens on a connection, in order. Fields and buffers hold only during the call, and must not be changed. It may send, reset and open streams
 * meanwhile.
 */
export interface ConnectionEvents {
  /** A request came (to a server), or the final response (to a client). `isLast`: there is no body and there are no trailers. */
  onHead(stream: number, fields: FieldList, isLast: boolean): void;
  /** An interim response, 1xx. */
  onInterim(stream: number, fields: FieldList): void;
  /** A piece of a body. Give it back with `used` once it is: until then the peer has so much less window. */
  onData(stream: number, bytes: Buffer, from: number, to: number): void;
  onTrailers(stream: number, fields: FieldList): void;
  /** The peer has sent all of its message. */
  onEnd(stream: number): void;
  /** A stream is over before its end: the peer reset it, or broke a rule on it and was told so, or a GOAWAY left it out. */
  onReset(stream: number, code: number, by: 'peer' | 'fault' | 'goaway'): void;
  /** A stream is over, both halves. */
  onClosed(stream: number): void;
  /** A stream on which `sendData` took less than it was given takes more now. */
  onWritable(stream: number): void;
  /** The peer answers no stream above `lastStream` and wants no new one. */
  onGoaway(lastStream: number, code: number, text: string): void;
  /** Eight bytes of a PING of ours came back. */
  onPong(bytes: Buffer, at: number): void;
  /** The connection is over, and the peer is told: send what is written and close it. */
  onFault(code: number, reason: string): void;
}
