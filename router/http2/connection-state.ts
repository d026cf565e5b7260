import type { Ms } from '../../core/time/clock.ts';
import type { ConnectionEvents } from './connection-events.ts';
import { type ConnectionLimits, DEFAULT_WINDOW_BYTES, newPeerSettings } from './connection-settings.ts';
import { FloodMeter } from './flood-meter.ts';
import { MOST_31_BITS } from './frame.ts';
import { FrameWriter } from './frame-writer.ts';
import { type Http2Code, http2Code } from './http2-code.ts';
import { IdQueue } from './id-queue.ts';
import type { KnownBlocks } from './known-blocks.ts';
import { PastStreams } from './past-streams.ts';
import { StreamTable, streamFlag } from './stream-table.ts';

/** What both directions of a connection share: its streams, windows and settings, and how streams and the connection end. */
export class ConnectionState {
  readonly isClient: boolean;
  readonly limits: ConnectionLimits;
  readonly events: ConnectionEvents;
  readonly blocks: KnownBlocks;
  readonly streams = new StreamTable();
  readonly output = new FrameWriter();
  readonly peer = newPeerSettings();
  readonly past = new PastStreams();
  readonly resets: FloodMeter;
  readonly control: FloodMeter;
  readonly empties: FloodMeter;
  readonly windowUpdates: FloodMeter;
  /** What we may send on all streams together, and what the peer may. */
  sendWindow = DEFAULT_WINDOW_BYTES;
  receiveWindow: number;
  /** What was used of all streams and not yet told to the peer. */
  owed = 0;
  /** Streams that wait for the window of the connection. */
  readonly waiting = new IdQueue();
  /** The newest stream of the peer that was read, and our next one. */
  lastPeerStream = 0;
  nextStream: number;
  /** The last stream of each side that is answered, by the GOAWAY of the other. */
  lastAnswered = MOST_31_BITS;
  lastAnsweredByPeer = MOST_31_BITS;
  isClosed = false;
  hasSettings = false;
  isAcknowledged = false;
  nowMs: Ms = 0;
  /** Stops the reader. */
  onStop: () => void = () => {};

  constructor(isClient: boolean, limits: ConnectionLimits, events: ConnectionEvents, blocks: KnownBlocks) {
    this.isClient = isClient;
    this.blocks = blocks;
    this.limits = limits;
    this.events = events;
    this.resets = new FloodMeter(limits.resets);
    this.control = new FloodMeter(limits.control);
    this.empties = new FloodMeter(limits.empties);
    this.windowUpdates = new FloodMeter(limits.windowUpdates);
    this.receiveWindow = limits.connectionWindowBytes;
    this.nextStream = isClient ? 1 : 2;
  }

  /** Ends the connection for a rule that the peer broke (RFC 9113 5.4.1). */
  fail(code: Http2Code, reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.output.goaway(Math.min(this.lastAnswered, this.lastPeerStream), code, reason);
    this.onStop();
    this.events.onFault(code, reason);
  }

  /** Resets a stream for a rule that the peer broke on it (RFC 9113 5.4.2). It may be one that has no slot. */
  failStream(stream: number, code: Http2Code): void {
    if (this.isClosed) return;
    const slot = this.streams.find(stream);
    this.output.reset(stream, code);
    this.past.addReset(stream);
    if (slot >= 0) {
      this.#free(slot);
      this.events.onReset(stream, code, 'fault');
    }
    // A peer that makes us reset streams costs as much as one that resets them itself.
    if (!this.resets.take(this.nowMs)) this.fail(http2Code.enhanceYourCalm, 'too many streams that had to be reset');
  }

  /** Resets a stream because we want to. */
  resetStream(slot: number, code: number): void {
    const stream = this.streams.ids[slot]!;
    this.output.reset(stream, code);
    this.past.addReset(stream);
    this.#free(slot);
  }

  /** The peer has reset a stream, or will not answer it. */
  dropStream(slot: number, code: number, by: 'peer' | 'goaway'): void {
    const stream = this.streams.ids[slot]!;
    this.#free(slot);
    this.events.onReset(stream, code, by);
  }

  /** A half of a stream has ended: when both have, it is over. */
  endHalf(slot: number, half: number): void {
    const flags = this.streams.flags[slot]! | half;
    this.streams.flags[slot] = flags;
    if ((flags & BOTH_ENDS) !== BOTH_ENDS) return;
    const stream = this.streams.ids[slot]!;
    this.#free(slot);
    this.events.onClosed(stream);
  }

  /** So many bytes of the connection's window were used; tells the peer in large steps. */
  giveBack(bytes: number): void {
    this.owed += bytes;
    if (this.owed < this.limits.connectionWindowBytes / 2 || this.isClosed) return;
    this.output.windowUpdate(0, this.owed);
    this.receiveWindow += this.owed;
    this.owed = 0;
  }

  /** Bytes of a stream were used. */
  use(slot: number, bytes: number): void {
    const { streams, limits } = this;
    streams.unused[slot] = streams.unused[slot]! - bytes;
    if (!limits.creditsAtOnce) this.giveBack(bytes);
    // Whoever has sent all of its message needs no window.
    if ((streams.flags[slot]! & streamFlag.remoteEnd) !== 0) return;
    const owed = streams.owed[slot]! + bytes;
    streams.owed[slot] = owed;
    if (owed < limits.streamWindowBytes / 2 || this.isClosed) return;
    this.output.windowUpdate(streams.ids[slot]!, owed);
    streams.receiveWindow[slot] = streams.receiveWindow[slot]! + owed;
    streams.owed[slot] = 0;
  }

  /** A stream may have got room to send: tells those that wait. */
  tellWritable(slot: number): void {
    const { streams } = this;
    const flags = streams.flags[slot]!;
    if ((flags & streamFlag.isBlocked) === 0 || streams.sendWindow[slot]! <= 0) return;
    const stream = streams.ids[slot]!;
    if (this.sendWindow > 0) {
      streams.flags[slot] = flags & ~streamFlag.isBlocked;
      this.events.onWritable(stream);
    } else if ((flags & streamFlag.isQueued) === 0) {
      streams.flags[slot] = flags | streamFlag.isQueued;
      this.waiting.push(stream);
    }
  }

  /** The connection has got room to send: tells those that waited for it, the longest first. */
  tellWaiting(): void {
    for (let left = this.waiting.count; left > 0 && this.sendWindow > 0; left--) {
      const slot = this.streams.find(this.waiting.shift());
      if (slot < 0) continue;
      this.streams.flags[slot] = this.streams.flags[slot]! & ~streamFlag.isQueued;
      this.tellWritable(slot);
    }
  }

  /** Whether a stream was never opened (RFC 9113 5.1, idle). */
  isIdle(stream: number): boolean {
    if (stream % 2 === this.nextStream % 2) return stream >= this.nextStream;
    return this.isClient || stream > this.lastPeerStream;
  }

  /** The peer has sent all of its message. */
  endPeer(slot: number): void {
    const { streams, events } = this;
    const stream = streams.ids[slot]!;
    if (streams.contentLeft[slot]! > 0) {
      this.failStream(stream, http2Code.protocolError); // shorter than its content-length (8.1.1)
      return;
    }
    streams.flags[slot] = streams.flags[slot]! | streamFlag.remoteEnd;
    events.onEnd(stream);
    if (streams.ids[slot] === stream) this.endHalf(slot, streamFlag.remoteEnd);
  }

  /** A frame came of a stream without a slot: one that was never opened, or is over (RFC 9113 5.1). */
  onUnopened(stream: number, what: 'DATA' | 'HEADERS'): void {
    if (this.isIdle(stream)) {
      this.fail(http2Code.protocolError, `${what} of a stream that may not be opened`);
      return;
    }
    const isOurs = stream % 2 === this.nextStream % 2;
    const { past } = this;
    // Frames may have been under way when we reset it; streams beyond our GOAWAY are left out.
    if (past.wasReset(stream) || past.hasForgotten(stream) || (!isOurs && stream > this.lastAnswered)) return;
    if (isOurs || past.wasOpened(stream)) this.fail(http2Code.streamClosed, `${what} of a stream that is over`);
    else this.fail(http2Code.protocolError, `${what} of a stream below one that was opened (5.1.1)`);
  }

  /** Counts a frame that costs us an answer or a look. Returns false where the connection is over, maybe for it. */
  countControl(what: string): boolean {
    if (this.control.take(this.nowMs)) return !this.isClosed;
    this.fail(http2Code.enhanceYourCalm, `too many control frames, the last of them ${what}`);
    return false;
  }

  #free(slot: number): void {
    const unused = this.streams.unused[slot]!;
    this.streams.remove(slot);
    if (unused > 0 && !this.limits.creditsAtOnce) this.giveBack(unused);
  }
}

const BOTH_ENDS = streamFlag.localEnd | streamFlag.remoteEnd;
