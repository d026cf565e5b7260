import { FieldBlock, grown } from './field-block.ts';
import {
  CLIENT_PREFACE,
  FRAME_HEADER_BYTES,
  frameFlag,
  frameType,
  LEAST_MAX_FRAME_BYTES,
  MOST_31_BITS,
} from './frame.ts';
import type { FrameEvents } from './frame-events.ts';
import { BLOCK_TOO_LONG, faultOfFrame, faultOfPlace, PADDED_TOO_MUCH, TOO_SHORT } from './frame-faults.ts';
import { type Http2Code, http2Code } from './http2-code.ts';
import { tellPayload, uint32 } from './payload.ts';

export interface FrameReaderOptions {
  /** Whether the peer is a client, which sends a preface before its frames. */
  readonly isPeerClient: boolean;
  /** The longest field block, in bytes as they are sent. */
  readonly blockBytes: number;
  /** The most CONTINUATION frames of one block. */
  readonly continuations: number;
}

/**
 * Reads frames from bytes that come in pieces of any size, and tells them to `events` (RFC 9113 4 and 6). It checks what can be checked
 * without knowing streams: lengths, numbers of streams, padding, the order of HEADERS and CONTINUATION, the first frame.
 *
 * Hot path: it allocates nothing for a frame. The body of DATA is passed on piece by piece; any other payload that is split is
 * gathered in a buffer of the reader.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #options: FrameReaderOptions;
  #maxFrameBytes = LEAST_MAX_FRAME_BYTES;
  #step: Step;
  #isStopped = false;
  #isFirst = true;
  /** Bytes of the preface, of the frame's header or of its payload that have come. */
  #got = 0;
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  /** The frame that is being read. */
  readonly #frame = { type: 0, flags: 0, stream: 0 };
  #left = 0;
  #padding = 0;
  /** A payload that is split. */
  #payload: Buffer = Buffer.alloc(256);
  /** A block that goes on in CONTINUATION frames. */
  readonly #block: FieldBlock;

  constructor(events: FrameEvents, options: FrameReaderOptions) {
    this.#events = events;
    this.#options = options;
    this.#block = new FieldBlock(options.blockBytes);
    this.#step = options.isPeerClient ? PREFACE : HEADER;
  }

  /** The peer acknowledged our SETTINGS_MAX_FRAME_SIZE. */
  limitFrames(bytes: number): void {
    this.#maxFrameBytes = bytes;
  }

  /** Reads nothing any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads the bytes from `from` to `to`; the rest of a frame that they end in is kept. */
  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (!this.#isStopped) {
      switch (this.#step) {
        case PREFACE:
          if (at === to) return;
          at = this.#readPreface(bytes, at, to);
          break;
        case HEADER:
          if (at === to) return;
          at = this.#readHeader(bytes, at, to);
          break;
        case PAYLOAD:
          if (at === to && this.#left > 0) return;
          at = this.#readPayload(bytes, at, to);
          break;
        case PAD_LENGTH:
          if (at === to) return;
          this.#onPadLength(bytes[at++]!);
          break;
        case DATA: {
          if (at === to && this.#left > this.#padding) return;
          const end = Math.min(to, at + this.#left - this.#padding);
          if (end > at) this.#events.onData(this.#frame.stream, bytes, at, end);
          this.#left -= end - at;
          at = end;
          if (this.#left === this.#padding) this.#step = PADDING;
          break;
        }
        case PADDING:
          if (at === to && this.#left > 0) return;
          at = this.#skip(at, to);
          if (this.#left > 0) break;
          this.#step = HEADER;
          if (!this.#isStopped)
            this.#events.onDataEnd(this.#frame.stream, (this.#frame.flags & frameFlag.endStream) !== 0);
          break;
        case UNKNOWN:
          if (at === to && this.#left > 0) return;
          at = this.#skip(at, to);
          if (this.#left > 0) break;
          this.#step = HEADER;
          this.#events.onUnknown(this.#frame.type);
          break;
      }
    }
  }

  #skip(at: number, to: number): number {
    const skipped = Math.min(this.#left, to - at);
    this.#left -= skipped;
    return at + skipped;
  }

  #readPreface(bytes: Buffer, at: number, to: number): number {
    let next = at;
    while (next < to && this.#got < CLIENT_PREFACE.length) {
      if (bytes[next++] !== CLIENT_PREFACE[this.#got++]) {
        this.#fail(http2Code.protocolError, 'no preface of HTTP/2');
        return next;
      }
    }
    if (this.#got === CLIENT_PREFACE.length) this.#next(HEADER);
    return next;
  }

  #readHeader(bytes: Buffer, at: number, to: number): number {
    if (this.#got === 0 && to - at >= FRAME_HEADER_BYTES) {
      this.#onHeader(bytes, at);
      return at + FRAME_HEADER_BYTES;
    }
    const copied = Math.min(FRAME_HEADER_BYTES - this.#got, to - at);
    bytes.copy(this.#header, this.#got, at, at + copied);
    this.#got += copied;
    if (this.#got === FRAME_HEADER_BYTES) {
      this.#got = 0;
      this.#onHeader(this.#header, 0);
    }
    return at + copied;
  }

  #onHeader(header: Buffer, at: number): void {
    const length = (header[at]! << 16) | (header[at + 1]! << 8) | header[at + 2]!;
    this.#frame.type = header[at + 3]!;
    this.#frame.flags = header[at + 4]!;
    this.#frame.stream = uint32(header, at + 5) & MOST_31_BITS; // the first bit is reserved and has no meaning (4.1)
    this.#left = length;
    const fault =
      faultOfPlace(this.#frame.type, this.#frame.flags, this.#frame.stream, this.#block.stream, this.#isFirst) ??
      faultOfFrame(this.#frame.type, this.#frame.flags, this.#frame.stream, length, this.#maxFrameBytes);
    if (fault !== null) {
      this.#fail(fault.code, fault.reason);
      return;
    }
    this.#isFirst = false;
    if (this.#frame.type > frameType.continuation) this.#next(UNKNOWN);
    else if (this.#frame.type !== frameType.data) this.#next(PAYLOAD);
    else {
      this.#padding = 0;
      this.#next((this.#frame.flags & frameFlag.padded) !== 0 ? PAD_LENGTH : DATA);
      this.#events.onDataBegin(this.#frame.stream, length);
    }
  }

  /** The payload as a whole: from the bytes themselves, or gathered where it is split. */
  #readPayload(bytes: Buffer, at: number, to: number): number {
    const length = this.#left;
    if (this.#got === 0 && to - at >= length) {
      this.#onPayload(bytes, at, at + length);
      return at + length;
    }
    if (this.#payload.length < this.#got + length) this.#payload = grown(this.#payload, this.#got, this.#got + length);
    const copied = Math.min(length, to - at);
    bytes.copy(this.#payload, this.#got, at, at + copied);
    this.#got += copied;
    this.#left -= copied;
    if (this.#left === 0) this.#onPayload(this.#payload, 0, this.#got);
    return at + copied;
  }

  #onPayload(bytes: Buffer, from: number, to: number): void {
    this.#next(HEADER);
    if (this.#frame.type === frameType.headers) this.#onHeaders(bytes, from, to);
    else if (this.#frame.type === frameType.continuation) this.#onContinuation(bytes, from, to);
    else {
      const fault = tellPayload(this.#frame, bytes, from, to, this.#events);
      if (fault !== null) this.#fail(fault.code, fault.reason);
    }
  }

  #onHeaders(bytes: Buffer, from: number, to: number): void {
    const isPadded = (this.#frame.flags & frameFlag.padded) !== 0;
    const hasPriority = (this.#frame.flags & frameFlag.priority) !== 0;
    const begin = from + (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
    if (begin > to) {
      this.#fail(http2Code.frameSizeError, TOO_SHORT);
      return;
    }
    const end = to - (isPadded ? bytes[from]! : 0);
    if (end < begin) {
      this.#fail(http2Code.protocolError, PADDED_TOO_MUCH);
      return;
    }
    const isLast = (this.#frame.flags & frameFlag.endStream) !== 0;
    if ((this.#frame.flags & frameFlag.endHeaders) !== 0) {
      if (end - begin > this.#options.blockBytes) this.#fail(http2Code.enhanceYourCalm, BLOCK_TOO_LONG);
      else this.#events.onBlock(this.#frame.stream, bytes, begin, end, isLast);
      return;
    }
    this.#block.begin(this.#frame.stream, isLast);
    if (!this.#block.add(bytes, begin, end)) this.#fail(http2Code.enhanceYourCalm, BLOCK_TOO_LONG);
  }

  #onContinuation(bytes: Buffer, from: number, to: number): void {
    const block = this.#block;
    if (block.stream === 0) {
      this.#fail(http2Code.protocolError, 'a CONTINUATION without HEADERS');
    } else if (++block.continuations > this.#options.continuations) {
      this.#fail(http2Code.enhanceYourCalm, 'a field block of too many CONTINUATION frames');
    } else if (!block.add(bytes, from, to)) {
      this.#fail(http2Code.enhanceYourCalm, BLOCK_TOO_LONG);
    } else if ((this.#frame.flags & frameFlag.endHeaders) !== 0) {
      const { stream, isLast } = block;
      block.stream = 0;
      const whole = block.bytes;
      this.#events.onBlock(stream, whole, 0, whole.length, isLast);
    }
  }

  #onPadLength(padding: number): void {
    this.#left--;
    if (padding > this.#left) {
      this.#fail(http2Code.protocolError, PADDED_TOO_MUCH);
      return;
    }
    this.#padding = padding;
    this.#step = DATA;
  }

  #next(step: Step): void {
    this.#step = step;
    this.#got = 0;
  }

  #fail(code: Http2Code, reason: string): void {
    this.#isStopped = true;
    this.#events.onConnectionFault(code, reason);
  }
}

const PREFACE = 0;
const HEADER = 1;
const PAYLOAD = 2;
const PAD_LENGTH = 3;
const DATA = 4;
const PADDING = 5;
const UNKNOWN = 6;
type Step = 0 | 1 | 2 | 3 | 4 | 5 | 6;
