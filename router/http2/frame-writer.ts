import { FRAME_HEADER_BYTES, frameFlag, frameType, LEAST_MAX_FRAME_BYTES } from './frame.ts';
import { SpareBuffers } from './spare-buffers.ts';

/**
 * Writes frames one after the other into one buffer, so that a turn of the event loop ends in one write to the socket. Whoever has
 * passed `written` on calls `clear`, and the buffer is used again, by any writer: one that has nothing to send holds none.
 */
export class FrameWriter {
  #bytes: Buffer = NO_BYTES;
  #length = 0;
  /** About what is written at a time: less of it is copied when the buffer is as large from the first frame on. */
  #usualBytes = 0;
  /** Where the last frame begins, if it is DATA; else -1. */
  #dataAt = -1;
  #dataStream = 0;
  /** The peer's SETTINGS_MAX_FRAME_SIZE. */
  maxFrameBytes = LEAST_MAX_FRAME_BYTES;

  get length(): number {
    return this.#length;
  }

  /** All frames since the last `clear`. It holds until then, or until more is written. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins anew. */
  clear(): void {
    spare.giveBack(this.leave());
  }

  /** Begins anew in another buffer, and leaves the one that has `written`. Whoever does not need it any more may give it to `reuse`. */
  leave(): Buffer {
    const bytes = this.#bytes;
    this.#usualBytes = Math.min(MOST_USUAL_BYTES, Math.max(this.#length, this.#usualBytes >> 1));
    this.#length = 0;
    this.#dataAt = -1;
    this.#bytes = NO_BYTES;
    return bytes;
  }

  /** A buffer that `leave` gave is for any writer from now on. */
  static reuse(left: Buffer): void {
    spare.giveBack(left);
  }

  /** Bytes that are no frame: the preface of a client. */
  raw(bytes: Buffer): void {
    this.#room(bytes.length);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }

  /** DATA. The caller has checked the windows and `maxFrameBytes`. */
  data(stream: number, bytes: Buffer, from: number, to: number, isLast: boolean): void {
    const at = this.#length;
    this.#header(to - from, frameType.data, isLast ? frameFlag.endStream : 0, stream);
    this.#length += bytes.copy(this.#bytes, this.#length, from, to);
    this.#dataAt = at;
    this.#dataStream = stream;
  }

  /** Makes the last frame the end of its stream, if it is DATA of that stream. Returns false where it is not. */
  endData(stream: number): boolean {
    if (this.#dataAt < 0 || this.#dataStream !== stream) return false;
    const flagsAt = this.#dataAt + FLAGS_OFFSET;
    this.#bytes[flagsAt] = this.#bytes[flagsAt]! | frameFlag.endStream;
    return true;
  }

  /** HEADERS, and CONTINUATION where the block is longer than a frame may be. `tail` goes on where `block` ends. */
  block(stream: number, block: Buffer, tail: Buffer, isLast: boolean): void {
    const bytes = block.length + tail.length;
    if (bytes > this.maxFrameBytes) {
      this.#longBlock(stream, Buffer.concat([block, tail]), isLast);
      return;
    }
    const flags = isLast ? frameFlag.endHeaders | frameFlag.endStream : frameFlag.endHeaders;
    this.#header(bytes, frameType.headers, flags, stream);
    this.#length += block.copy(this.#bytes, this.#length);
    if (tail.length > 0) this.#length += tail.copy(this.#bytes, this.#length);
  }

  #longBlock(stream: number, block: Buffer, isLast: boolean): void {
    const to = block.length;
    let at = 0;
    let type: number = frameType.headers;
    let flags: number = isLast ? frameFlag.endStream : 0;
    do {
      const end = Math.min(to, at + this.maxFrameBytes);
      this.#header(end - at, type, end === to ? flags | frameFlag.endHeaders : flags, stream);
      this.#length += block.copy(this.#bytes, this.#length, at, end);
      at = end;
      type = frameType.continuation;
      flags = 0;
    } while (at < to);
  }

  reset(stream: number, code: number): void {
    this.#header(4, frameType.rstStream, 0, stream);
    this.#uint32(code);
  }

  settings(values: readonly (readonly [id: number, value: number])[]): void {
    this.#header(6 * values.length, frameType.settings, 0, 0);
    for (const [id, value] of values) {
      this.#bytes[this.#length++] = id >> 8;
      this.#bytes[this.#length++] = id & 0xff;
      this.#uint32(value);
    }
  }

  settingsAck(): void {
    this.#header(0, frameType.settings, frameFlag.ack, 0);
  }

  /** Eight bytes from `at`. */
  ping(bytes: Buffer, at: number, isAck: boolean): void {
    this.#header(8, frameType.ping, isAck ? frameFlag.ack : 0, 0);
    this.#length += bytes.copy(this.#bytes, this.#length, at, at + 8);
  }

  goaway(lastStream: number, code: number, text: string): void {
    const bytes = Buffer.from(text);
    this.#header(8 + bytes.length, frameType.goaway, 0, 0);
    this.#uint32(lastStream);
    this.#uint32(code);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }

  /** `stream` 0 is the connection. */
  windowUpdate(stream: number, increment: number): void {
    this.#header(4, frameType.windowUpdate, 0, stream);
    this.#uint32(increment);
  }

  #header(length: number, type: number, flags: number, stream: number): void {
    this.#room(FRAME_HEADER_BYTES + length);
    this.#dataAt = -1;
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = length >>> 16;
    bytes[at++] = (length >>> 8) & 0xff;
    bytes[at++] = length & 0xff;
    bytes[at++] = type;
    bytes[at++] = flags;
    this.#length = at;
    this.#uint32(stream);
  }

  #uint32(value: number): void {
    const bytes = this.#bytes;
    bytes[this.#length++] = value >>> 24;
    bytes[this.#length++] = (value >>> 16) & 0xff;
    bytes[this.#length++] = (value >>> 8) & 0xff;
    bytes[this.#length++] = value & 0xff;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = spare.take(Math.max(this.#length + more, this.#usualBytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    spare.giveBack(this.#bytes);
    this.#bytes = larger;
  }
}

/** RFC 9113 4.1: behind a length of three bytes and a type. */
const FLAGS_OFFSET = 4;

/** A buffer is not taken larger than that before it is needed: large bodies come and go. */
const MOST_USUAL_BYTES = 64 << 10;

const NO_BYTES = Buffer.alloc(0);

const spare = new SpareBuffers();
