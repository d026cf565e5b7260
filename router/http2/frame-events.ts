import type { Http2Code } from './http2-code.ts';

/**
 * Hears of frames in order. Buffers are the reader's or the socket's: they hold only during the call. Stream numbers are above 0 where
 * a frame is of a stream.
 */
export interface FrameEvents {
  /** A DATA frame begins. So many bytes count against the windows: its padding too. */
  onDataBegin(stream: number, flowBytes: number): void;
  /** A piece of that frame, without padding. */
  onData(stream: number, bytes: Buffer, from: number, to: number): void;
  /** That frame is whole. */
  onDataEnd(stream: number, isLast: boolean): void;
  /** A whole field block: that of HEADERS and its CONTINUATIONs. */
  onBlock(stream: number, block: Buffer, from: number, to: number, isLast: boolean): void;
  /** PRIORITY, which has no meaning any more (RFC 9113 5.3.2). */
  onPriority(stream: number): void;
  onReset(stream: number, code: number): void;
  onSetting(id: number, value: number): void;
  onSettingsEnd(): void;
  onSettingsAck(): void;
  /** Eight bytes from `at`. */
  onPing(bytes: Buffer, at: number, isAck: boolean): void;
  onGoaway(lastStream: number, code: number, bytes: Buffer, from: number, to: number): void;
  /** `stream` is 0 for the connection; `increment` is above 0. */
  onWindowUpdate(stream: number, increment: number): void;
  /** A frame of a type that nobody knows was left out. */
  onUnknown(type: number): void;
  /** The peer broke the rules on one stream: an answer is RST_STREAM with that code. */
  onStreamFault(stream: number, code: Http2Code, reason: string): void;
  /** The peer broke the rules of the connection: an answer is GOAWAY with that code. Nothing is read any more. */
  onConnectionFault(code: Http2Code, reason: string): void;
}
