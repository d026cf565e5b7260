// Hot path: nothing is allocated for a frame, and a turn of the event loop ends in one write.
import type { Socket } from 'node:net';
import type { Ms } from '../../../core/time/clock.ts';
import { ByStream } from '../../http2/by-stream.ts';
import type { ConnectionEvents } from '../../http2/connection-events.ts';
import type { FieldList } from '../../http2/field-list.ts';
import { http2Code } from '../../http2/http2-code.ts';
import { Http2Connection } from '../../http2/http2-connection.ts';
import type { KnownBlocks } from '../../http2/known-blocks.ts';
import {
  CONNECTION_WINDOW_BYTES,
  HEADER_LIST_BYTES,
  HEADER_LIST_PAIRS,
  MAX_STREAMS,
  STREAM_WINDOW_BYTES,
} from '../http2-limits.ts';
import type { Flusher } from './flusher.ts';
import type { SocketReading } from './socket-reading.ts';
import { SocketWriting } from './socket-writing.ts';
import type { StreamListener } from './stream-listener.ts';

/** What sessions share. */
export interface SessionOptions {
  readonly socket: Socket;
  /** What tells of the bytes that it reads; left out where the socket does itself. */
  readonly reading?: SocketReading;
  readonly flusher: Flusher;
  readonly blocks: KnownBlocks;
  /** A peer that reads nothing for so long, although there is something to read, loses its connection. */
  readonly stallMs?: Ms;
}

/**
 * An HTTP/2 connection on a socket, and who listens to each of its streams. What is sent is written together at the end of the turn.
 * While the socket holds what the peer does not read, no more data is taken.
 */
export abstract class FrameSession implements ConnectionEvents {
  protected readonly connection: Http2Connection;
  readonly #socket: Socket;
  readonly #flusher: Flusher;
  readonly #listeners = new ByStream<StreamListener>();
  /** Streams that wait until the socket has room. */
  readonly #held = new Set<number>();
  /** The socket holds what the system did not take. */
  #isFull = false;
  #isDirty = false;
  #isEnding = false;
  /** The peer broke a rule, and is told so. */
  #isBlamed = false;
  #isGone = false;
  #hasSettings = false;
  #peerStreams = 0;
  readonly #writing: SocketWriting;

  constructor(role: 'client' | 'server', { socket, reading, flusher, blocks, stallMs }: SessionOptions) {
    this.#socket = socket;
    this.#flusher = flusher;
    // Who asks and reads no answer must not fill the memory. A node is always read: it answers only what it was asked.
    this.#writing = new SocketWriting(socket, {
      isPausable: role === 'server',
      ...(stallMs !== undefined && { stallMs }),
    });
    this.connection = new Http2Connection({ role, events: this, blocks, limits: LIMITS });
    if (reading === undefined) socket.on('data', (bytes: Buffer) => this.#onBytes(bytes, bytes.length));
    else reading.onBytes = (bytes, to) => this.#onBytes(bytes, to);
    socket.on('drain', () => this.#onDrain());
    socket.on('error', () => {}); // `close` follows every error
    socket.once('close', () => this.#onOver());
    this.#touch();
  }

  /** Whether it is over: its socket is closed, or closes after a fault of the peer. */
  get isGone(): boolean {
    return this.#isGone;
  }

  get hasSettings(): boolean {
    return this.#hasSettings;
  }

  get streams(): number {
    return this.connection.streams;
  }

  /** The largest list of fields that the peer takes. */
  get headerListBytes(): number {
    return this.connection.peerListBytes;
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  listen(stream: number, listener: StreamListener): void {
    this.#listeners.set(stream, listener);
  }

  /** Sends the fields of a message, as `Http2Connection.sendBlock` does. */
  sendBlock(stream: number, block: Buffer, isLast: boolean, tail?: Buffer): boolean {
    const isSent = this.connection.sendBlock(stream, block, isLast, tail);
    this.#touch();
    return isSent;
  }

  /** Sends a piece of a body, as `Http2Connection.sendData` does; `onWritable` of the listener tells when there is room again. */
  sendData(stream: number, bytes: Buffer, from: number, to: number, isLast: boolean): number {
    if (this.#isFull && to > from) {
      this.#held.add(stream);
      return this.#listeners.get(stream) === undefined ? -1 : 0;
    }
    const sent = this.connection.sendData(stream, bytes, from, to, isLast);
    if (this.connection.output.length >= MOST_A_WRITE_BYTES) this.#write();
    else this.#touch();
    return sent;
  }

  /** Bytes that `onData` told were passed on: the peer may send as many more. */
  used(stream: number, bytes: number): void {
    this.connection.used(stream, bytes);
    this.#touch();
  }

  /** Ends a stream before its end; its listener hears nothing of it. */
  reset(stream: number, code: number): void {
    this.#listeners.delete(stream);
    this.connection.reset(stream, code);
    this.#touch();
    this.#tellRoom();
  }

  /** Ends it at once, with all its streams. */
  cut(): void {
    this.#socket.destroy();
  }

  /** Writes what is to be sent. The `Flusher` calls it. */
  flush(): void {
    this.#isDirty = false;
    this.#write();
    if (this.#isBlamed) this.#linger();
    else if (this.#isEnding) this.#socket.destroySoon();
  }

  /** Closes the socket once what is written has left. */
  protected endSoon(): void {
    this.#isEnding = true;
    this.#touch();
  }

  protected touch(): void {
    this.#touch();
  }

  /** A request came, to a server. */
  protected abstract onRequest(stream: number, fields: FieldList, isLast: boolean): void;
  /** The peer's SETTINGS came, for the first time. */
  protected abstract onSettings(): void;
  /** A stream is over, or more may be open. */
  protected abstract onRoom(): void;
  /** Called once, and last. */
  protected abstract onGone(): void;
  abstract onGoaway(lastStream: number, code: number, text: string): void;
  abstract onPong(bytes: Buffer, at: number): void;

  onHead(stream: number, fields: FieldList, isLast: boolean): void {
    const listener = this.#listeners.get(stream);
    if (listener === undefined) this.onRequest(stream, fields, isLast);
    else listener.onHead(fields, isLast);
  }

  onInterim(): void {}

  onData(stream: number, bytes: Buffer, from: number, to: number): void {
    const listener = this.#listeners.get(stream);
    if (listener === undefined) this.connection.used(stream, to - from);
    else listener.onData(bytes, from, to);
  }

  onTrailers(stream: number, fields: FieldList): void {
    this.#listeners.get(stream)?.onTrailers(fields);
  }

  onEnd(stream: number): void {
    this.#listeners.get(stream)?.onEnd();
  }

  onReset(stream: number, code: number): void {
    const listener = this.#listeners.get(stream);
    this.#listeners.delete(stream);
    listener?.onReset(code, false);
    this.#tellRoom();
  }

  onClosed(stream: number): void {
    this.#listeners.delete(stream);
    this.#tellRoom();
  }

  onWritable(stream: number): void {
    this.#listeners.get(stream)?.onWritable();
  }

  onFault(): void {
    this.#isBlamed = true;
    this.#touch();
  }

  #tellRoom(): void {
    if (!this.#isGone) this.onRoom();
  }

  #onBytes(bytes: Buffer, to: number): void {
    this.connection.receive(bytes, 0, to, performance.now());
    if (this.connection.output.length > 0) this.#touch();
    if (!this.#hasSettings && this.connection.hasSettings) {
      this.#hasSettings = true;
      this.onSettings();
    }
    const { peerStreams } = this.connection;
    if (peerStreams === this.#peerStreams) return;
    this.#peerStreams = peerStreams;
    this.#tellRoom();
  }

  #onDrain(): void {
    this.#isFull = false;
    this.#socket.resume();
    for (const stream of [...this.#held]) {
      if (this.#isFull) return;
      this.#held.delete(stream);
      this.#listeners.get(stream)?.onWritable();
    }
  }

  /**
   * Closes after the last word. What the peer still sends is read and dropped: a socket that closes with unread bytes is a reset, which
   * can overtake the GOAWAY.
   */
  #linger(): void {
    const socket = this.#socket;
    socket.end();
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
    this.#onOver();
  }

  #onOver(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#writing.end();
    this.#held.clear();
    for (const listener of this.#listeners.takeAll()) listener.onReset(http2Code.cancel, true);
    this.onGone();
  }

  #touch(): void {
    if (this.#isDirty || this.#isGone) return;
    this.#isDirty = true;
    this.#flusher.add(this);
  }

  #write(): void {
    const { output } = this.connection;
    if (output.length === 0) return;
    if (!this.#socket.writable) {
      output.clear();
      return;
    }
    this.#isFull = !this.#writing.write(output);
  }
}

const LIMITS = {
  creditsAtOnce: true, // a stream whose receiver takes nothing holds up no other; `HeldBudget` bounds what all together hold
  maxStreams: MAX_STREAMS,
  streamWindowBytes: STREAM_WINDOW_BYTES,
  connectionWindowBytes: CONNECTION_WINDOW_BYTES,
  listBytes: HEADER_LIST_BYTES,
  fields: HEADER_LIST_PAIRS,
};

/** More is written before the end of the turn. */
const MOST_A_WRITE_BYTES = 256 << 10;

/** How long a peer that broke a rule may take to read why. */
const LINGER_MS: Ms = 1000;
