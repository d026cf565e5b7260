import { DEFAULT_WINDOW_BYTES, faultOfSetting } from './connection-settings.ts';
import type { ConnectionState } from './connection-state.ts';
import { MOST_31_BITS, settingId } from './frame.ts';
import type { FrameEvents } from './frame-events.ts';
import { type Http2Code, http2Code } from './http2-code.ts';
import { IncomingBlocks } from './incoming-blocks.ts';
import { IncomingBodies } from './incoming-bodies.ts';

const { protocolError, flowControlError, refusedStream, enhanceYourCalm } = http2Code;

/** What the peer sends: the half of a connection that hears its frames (RFC 9113 5 to 8). */
export class Incoming implements FrameEvents {
  readonly #state: ConnectionState;
  readonly #blocks: IncomingBlocks;
  readonly #bodies: IncomingBodies;
  /** SETTINGS of ours that the peer has yet to acknowledge. */
  #unacknowledged = 1;
  /** The last one that the peer asked for. Streams follow once at the end of SETTINGS, which may ask for thousands. */
  #initialWindow = DEFAULT_WINDOW_BYTES;

  constructor(state: ConnectionState) {
    this.#state = state;
    this.#blocks = new IncomingBlocks(state);
    this.#bodies = new IncomingBodies(state);
  }

  onDataBegin(stream: number, flowBytes: number): void {
    this.#bodies.onDataBegin(stream, flowBytes);
  }

  onData(stream: number, bytes: Buffer, from: number, to: number): void {
    this.#bodies.onData(stream, bytes, from, to);
  }

  onDataEnd(stream: number, isLast: boolean): void {
    this.#bodies.onDataEnd(stream, isLast);
  }

  onBlock(stream: number, block: Buffer, from: number, to: number, isLast: boolean): void {
    this.#blocks.onBlock(stream, block, from, to, isLast);
  }

  onPriority(stream: number): void {
    this.#state.countControl(`PRIORITY of stream ${stream}`);
  }

  onReset(stream: number, code: number): void {
    const state = this.#state;
    const slot = state.streams.find(stream);
    if (slot < 0) {
      if (state.isIdle(stream)) state.fail(protocolError, 'an RST_STREAM of a stream that was never opened');
      else this.#state.countControl('RST_STREAM');
    } else if (state.resets.take(state.nowMs)) {
      state.dropStream(slot, code, 'peer');
    } else {
      state.fail(enhanceYourCalm, 'too many streams that were reset');
    }
  }

  onSetting(id: number, value: number): void {
    const state = this.#state;
    const { peer, output } = state;
    const fault = faultOfSetting(id, value, state.isClient);
    if (fault !== null) state.fail(fault.code, fault.reason);
    else if (id === settingId.maxConcurrentStreams) peer.maxStreams = value;
    else if (id === settingId.initialWindowSize) this.#initialWindow = value;
    else if (id === settingId.maxFrameSize) {
      peer.maxFrameBytes = value;
      output.maxFrameBytes = value;
    } else if (id === settingId.maxHeaderListSize) peer.listBytes = value;
  }

  onSettingsEnd(): void {
    if (!this.#state.countControl('SETTINGS')) return;
    this.#resizeWindows();
    if (this.#state.isClosed) return;
    this.#state.hasSettings = true;
    this.#state.output.settingsAck();
    this.#tellWritable();
  }

  onSettingsAck(): void {
    if (this.#unacknowledged === 0) {
      this.#state.fail(protocolError, 'an acknowledgement of SETTINGS that were not sent');
      return;
    }
    this.#unacknowledged--;
    this.#state.isAcknowledged = true;
    this.#blocks.onTableLimited(0);
  }

  onPing(bytes: Buffer, at: number, isAck: boolean): void {
    if (isAck) this.#state.events.onPong(bytes, at);
    else if (this.#state.countControl('PING')) this.#state.output.ping(bytes, at, true);
  }

  onGoaway(lastStream: number, code: number, bytes: Buffer, from: number, to: number): void {
    const state = this.#state;
    const { streams } = state;
    if (!this.#state.countControl('GOAWAY')) return;
    if (lastStream > state.lastAnsweredByPeer) {
      state.fail(protocolError, 'a GOAWAY for more streams than the one before');
      return;
    }
    state.lastAnsweredByPeer = lastStream;
    const text = bytes.toString('utf8', from, Math.min(to, from + LONGEST_TEXT_BYTES));
    state.events.onGoaway(lastStream, code, text);
    for (let slot = 0; slot < streams.slots; slot++) {
      const id = streams.ids[slot]!;
      const isOurs = id !== 0 && id % 2 === state.nextStream % 2;
      if (isOurs && id > lastStream) state.dropStream(slot, refusedStream, 'goaway');
    }
  }

  onWindowUpdate(stream: number, increment: number): void {
    const state = this.#state;
    const { streams } = state;
    if (!state.windowUpdates.take(state.nowMs)) {
      state.fail(enhanceYourCalm, 'too many WINDOW_UPDATE frames');
      return;
    }
    if (stream === 0) {
      if (state.sendWindow + increment > MOST_31_BITS) {
        state.fail(flowControlError, 'a window of the connection above 2^31 - 1');
        return;
      }
      state.sendWindow += increment;
      state.tellWaiting();
      return;
    }
    const slot = streams.find(stream);
    if (slot < 0) {
      if (state.isIdle(stream)) state.fail(protocolError, 'a WINDOW_UPDATE of a stream that was never opened');
    } else if (streams.sendWindow[slot]! + increment > MOST_31_BITS) {
      state.failStream(stream, flowControlError);
    } else {
      streams.sendWindow[slot] = streams.sendWindow[slot]! + increment;
      state.tellWritable(slot);
    }
  }

  onUnknown(type: number): void {
    this.#state.countControl(`unknown frames of type ${type}`);
  }

  onStreamFault(stream: number, code: Http2Code, reason: string): void {
    if (this.#state.isIdle(stream)) this.#state.fail(code, `${reason}, on a stream that was never opened`);
    else this.#state.failStream(stream, code);
  }

  onConnectionFault(code: Http2Code, reason: string): void {
    this.#state.fail(code, reason);
  }

  #resizeWindows(): void {
    const { streams, peer } = this.#state;
    const more = this.#initialWindow - peer.initialWindow;
    if (more === 0) return;
    peer.initialWindow = this.#initialWindow;
    for (let slot = 0; slot < streams.slots; slot++) {
      if (streams.ids[slot] === 0) continue;
      if (streams.sendWindow[slot]! + more > MOST_31_BITS) {
        this.#state.fail(flowControlError, 'a SETTINGS_INITIAL_WINDOW_SIZE that makes a window larger than 2^31 - 1');
        return;
      }
      streams.sendWindow[slot] = streams.sendWindow[slot]! + more;
    }
  }

  #tellWritable(): void {
    const { streams } = this.#state;
    for (let slot = 0; slot < streams.slots; slot++) if (streams.ids[slot] !== 0) this.#state.tellWritable(slot);
  }
}

/** What is read of the text of a GOAWAY. */
const LONGEST_TEXT_BYTES = 256;
