import type { FieldList } from '../../http2/field-list.ts';

/**
 * Hears what comes on one stream. Fields and bytes hold during the call. Those of a client are never changed, and may be kept; those of
 * a node are in a buffer that is read into again.
 */
export interface StreamListener {
  /** The final response, to a client. */
  onHead(fields: FieldList, isLast: boolean): void;
  /** A piece of a body, to be given back with `FrameSession.used`. */
  onData(bytes: Buffer, from: number, to: number): void;
  onTrailers(fields: FieldList): void;
  /** The peer has sent all of its message. */
  onEnd(): void;
  /** The stream is over before its end, with a code of HTTP/2, or its connection is lost. Nothing comes after it. */
  onReset(code: number, isLost: boolean): void;
  /** There is room again for what `FrameSession.sendData` did not take. */
  onWritable(): void;
}
