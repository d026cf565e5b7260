import type { Ms } from '../../core/time/clock.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { type ConnectionLimits, DEFAULT_LIMITS, DEFAULT_WINDOW_BYTES, ownSettings } from './connection-settings.ts';
import { ConnectionState } from './connection-state.ts';
import { CLIENT_PREFACE, MOST_31_BITS } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import type { FrameWriter } from './frame-writer.ts';
import { NO_DYNAMIC_TABLE } from './hpack/hpack-encoder.ts';
import { http2Code } from './http2-code.ts';
import { Incoming } from './incoming.ts';
import { type KnownBlocks, newKnownBlocks } from './known-blocks.ts';
import { streamFlag } from './stream-table.ts';

export interface ConnectionOptions {
  readonly role: 'client' | 'server';
  readonly events: ConnectionEvents;
  readonly limits?: Partial<ConnectionLimits>;
  /** Blocks that were decoded before, which connections may share; of its own where it is left out. */
  readonly blocks?: KnownBlocks;
}

/**
 * One connection of HTTP/2, as a state machine on bytes (RFC 9113): bytes of the peer go in by `receive`, what is to be sent
 * comes out in `output`, and `events` hear what happens. It holds no socket and no clock. Blocks are encoded by the caller, without
 * the dynamic table (see `encodeFields`).
 *
 * A peer that breaks a rule of one stream has it reset. One that breaks a rule of the connection, or floods it, gets GOAWAY, and
 * nothing is read any more.
 */
export class Http2Connection {
  readonly #state: ConnectionState;
  readonly #reader: FrameReader;
  #hasToldTable = false;

  /** Writes what a connection begins with to `output`. Throws `RangeError` for windows that are too small. */
  constructor({ role, events, limits: given = {}, blocks = newKnownBlocks(OWN_BLOCKS_BYTES) }: ConnectionOptions) {
    const limits = { ...DEFAULT_LIMITS, ...given };
    const { streamWindowBytes, connectionWindowBytes, blockBytes, continuations } = limits;
    for (const window of [streamWindowBytes, connectionWindowBytes]) {
      if (window >= DEFAULT_WINDOW_BYTES && window <= MOST_31_BITS) continue;
      throw new RangeError(`a window is ${window}, must be from ${DEFAULT_WINDOW_BYTES} to ${MOST_31_BITS}`);
    }
    const isClient = role === 'client';
    this.#state = new ConnectionState(isClient, limits, events, blocks);
    this.#reader = new FrameReader(new Incoming(this.#state), { isPeerClient: !isClient, blockBytes, continuations });
    this.#state.onStop = () => this.#reader.stop();
    const { output } = this.#state;
    if (isClient) output.raw(CLIENT_PREFACE);
    output.settings(ownSettings(limits, isClient));
    if (connectionWindowBytes > DEFAULT_WINDOW_BYTES) {
      output.windowUpdate(0, connectionWindowBytes - DEFAULT_WINDOW_BYTES);
    }
  }

  /** What is to be sent. Whoever has passed it on clears it. */
  get output(): FrameWriter {
    return this.#state.output;
  }

  /** Whether it is over: nothing is read or sent any more. */
  get isClosed(): boolean {
    return this.#state.isClosed;
  }

  /** Whether the peer's SETTINGS came. */
  get hasSettings(): boolean {
    return this.#state.hasSettings;
  }

  /** Whether the peer has acknowledged our SETTINGS. */
  get isAcknowledged(): boolean {
    return this.#state.isAcknowledged;
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#state.streams.count;
  }

  /** How many streams of ours the peer takes at a time. */
  get peerStreams(): number {
    return this.#state.peer.maxStreams;
  }

  /** The largest list of fields that the peer takes. */
  get peerListBytes(): number {
    return this.#state.peer.listBytes;
  }

  /** Takes bytes that came from the peer, at `nowMs` of a clock that nobody sets. */
  receive(bytes: Buffer, from: number, to: number, nowMs: Ms): void {
    this.#state.nowMs = nowMs;
    this.#reader.read(bytes, from, to);
  }

  /**
   * Opens a stream with a request. Returns its number, or 0 where there can be none now: the peer takes no more, or said GOAWAY, or
   * the numbers are used up. `tail` has the fields behind those of `block`.
   */
  open(block: Buffer, isLast: boolean, tail: Buffer = NOTHING): number {
    const state = this.#state;
    const { streams, peer, nextStream: stream } = state;
    const isPossible = state.isClient && !state.isClosed && stream <= MOST_31_BITS;
    if (!isPossible || state.lastAnsweredByPeer < MOST_31_BITS || streams.count >= peer.maxStreams) return 0;
    state.nextStream += 2;
    // A server may reset each stream of ours once, also after its answer (8.1).
    state.resets.credit(1);
    state.control.credit(1);
    const slot = streams.add(stream, peer.initialWindow, state.limits.streamWindowBytes);
    this.#writeBlock(stream, block, tail, isLast);
    if (isLast) state.endHalf(slot, streamFlag.localEnd);
    return stream;
  }

  /**
   * Sends a response, an interim response or trailers: the fields of `block`, then those of `tail`. Returns false where the stream is
   * over, or our half of it.
   */
  sendBlock(stream: number, block: Buffer, isLast: boolean, tail: Buffer = NOTHING): boolean {
    const state = this.#state;
    const slot = this.#openForUs(stream);
    if (slot < 0) return false;
    this.#writeBlock(stream, block, tail, isLast);
    if (isLast) state.endHalf(slot, streamFlag.localEnd);
    return true;
  }

  /**
   * Sends a piece of a body, as much of it as the windows allow. Returns how many bytes that is. Where it is less than all, `onWritable`
   * tells when there is room, and `isLast` was not sent. Returns -1 where the stream is over, or our half of it.
   */
  sendData(stream: number, bytes: Buffer, from: number, to: number, isLast: boolean): number {
    const state = this.#state;
    const { streams, output, peer } = state;
    const slot = this.#openForUs(stream);
    if (slot < 0) return -1;
    const room = Math.max(0, Math.min(to - from, state.sendWindow, streams.sendWindow[slot]!));
    const end = from + room;
    const isWhole = end === to;
    // An end by itself joins the piece before it, where that has not left yet.
    const isEnded = isLast && from === to && output.endData(stream);
    let at = from;
    do {
      const next = Math.min(end, at + peer.maxFrameBytes);
      if (next > at || (isWhole && isLast && !isEnded)) {
        output.data(stream, bytes, at, next, isWhole && isLast && next === end);
        state.windowUpdates.credit(2);
      }
      at = next;
    } while (at < end);
    state.sendWindow -= room;
    streams.sendWindow[slot] = streams.sendWindow[slot]! - room;
    if (isWhole && isLast) state.endHalf(slot, streamFlag.localEnd);
    else if (!isWhole) {
      streams.flags[slot] = streams.flags[slot]! | streamFlag.isBlocked;
      state.tellWritable(slot); // joins those that wait for the connection
    }
    return room;
  }

  /** Bytes that `onData` told were used, so that the peer may send as many more. Nothing for a stream that is over. */
  used(stream: number, bytes: number): void {
    const slot = this.#state.streams.find(stream);
    if (slot >= 0) this.#state.use(slot, bytes);
  }

  /** Ends a stream before its end. Nothing for one that is over. */
  reset(stream: number, code: number): void {
    const slot = this.#state.streams.find(stream);
    if (slot >= 0 && !this.#state.isClosed) this.#state.resetStream(slot, code);
  }

  /** Sends a PING with the eight bytes from `at`; `onPong` has them again. */
  ping(bytes: Buffer, at: number): void {
    if (!this.#state.isClosed) this.#state.output.ping(bytes, at, false);
  }

  /** Tells the peer to open no more streams; those under way are still answered (RFC 9113 6.8). `goaway` follows a round trip later. Nothing after it. */
  announceEnd(): void {
    const { isClosed, lastAnswered } = this.#state;
    if (!isClosed && lastAnswered === MOST_31_BITS) this.#state.output.goaway(MOST_31_BITS, http2Code.noError, '');
  }

  /** Answers the streams that have come and no later ones. Open streams go on. */
  goaway(code: number, text: string): void {
    const state = this.#state;
    if (state.isClosed) return;
    state.lastAnswered = Math.min(state.lastAnswered, state.lastPeerStream);
    state.output.goaway(state.lastAnswered, code, text);
  }

  /** The slot of a stream on which we may still send, or -1. */
  #openForUs(stream: number): number {
    const { streams, isClosed } = this.#state;
    const slot = isClosed ? -1 : streams.find(stream);
    return slot >= 0 && (streams.flags[slot]! & streamFlag.localEnd) === 0 ? slot : -1;
  }

  /** The first block of a connection tells that none uses the dynamic table. */
  #writeBlock(stream: number, block: Buffer, tail: Buffer, isLast: boolean): void {
    const { output } = this.#state;
    const first = this.#hasToldTable ? block : Buffer.concat([NO_DYNAMIC_TABLE, block]);
    this.#hasToldTable = true;
    output.block(stream, first, tail, isLast);
  }
}

const NOTHING = Buffer.alloc(0);

/** What a connection keeps of blocks by itself: some tens of lists. */
const OWN_BLOCKS_BYTES = 64 << 10;
